// The manifest of an archive, `manifest.json`: its contents, and the checksums that show that it is complete.

import { MOST_SETTINGS_BYTES } from "../../lifecycle/settings.ts";
import { AdminError } from "../../registry/admin-error.ts";
import type { Settings } from "../../registry/registry.ts";
import type { Measure } from "../rows/digest.ts";
import { Fields, parseJson } from "./fields.ts";
import type { Shape } from "../shape/shape.ts";
import type { Sequence } from "../structure.ts";

/** The format that this software writes. It also reads 1, which lacks the shape, and 2, which lacks the settings. */
export const FORMAT_VERSION = 3;

/** The name of the manifest's entry in the archive. */
export const MANIFEST_ENTRY = "manifest.json";

/** A table in an archive. */
export interface ArchivedTable extends Measure {
  readonly name: string;
  /** The name of its entry in the archive. */
  readonly entry: string;
  /** The columns in the order of the COPY text. */
  readonly columns: readonly string[];
  /** The result of readRowSum; empty when computed columns are absent. */
  readonly rowSum: string;
}

/** The manifest of an archive. */
export interface Manifest {
  readonly formatVersion: number;
  /** The version of Rowhouse that wrote it. */
  readonly rowhouse: string;
  readonly schemaName: string;
  /** How many migrations the tenant has. */
  readonly version: number;
  /** The names of these migrations, in the order in which tenants get them. */
  readonly migrations: readonly string[];
  readonly statementTimeoutMs: number;
  /** The tenant's settings; empty in an archive of format 1 or 2. */
  readonly settings: Settings;
  /** The hosts that the tenant had. */
  readonly hosts: readonly string[];
  /** The time of writing, in ISO 8601. */
  readonly createdAt: string;
  /** The version of the PostgreSQL server, such as "18.4". */
  readonly serverVersion: string;
  readonly tables: readonly ArchivedTable[];
  readonly sequences: readonly Sequence[];
  /** The tenant's additions to its migrations; undefined in an archive of format 1. */
  readonly shape: Shape | undefined;
  /** The tenant's objects that the archive lacks, in words. */
  readonly losses: readonly string[];
}

/**
 * Parses a manifest's text.
 * @throws {AdminError} when it has another format or is malformed
 */
export function parseManifest(text: string): Manifest {
  const root = new Fields(parseJson(text), "manifest");
  const formatVersion = root.integer("formatVersion");
  if (formatVersion < 1 || formatVersion > FORMAT_VERSION) {
    throw new AdminError(
      `Cannot read archive: its format is version ${formatVersion}, and this version reads up to ${FORMAT_VERSION}; ` +
        "use the version of Rowhouse that wrote it",
    );
  }
  const hasShape = formatVersion > 1;
  const migrations = root.texts("migrations");
  checkVersion(root.integer("version", 0, 99_999), migrations);
  return {
    formatVersion,
    rowhouse: root.text("rowhouse"),
    schemaName: root.text("schemaName"),
    version: migrations.length,
    migrations,
    statementTimeoutMs: root.integer("statementTimeoutMs", 1, 86_400_000),
    settings: formatVersion > 2 ? root.object("settings", MOST_SETTINGS_BYTES) : {},
    hosts: root.texts("hosts"),
    createdAt: root.text("createdAt"),
    serverVersion: root.text("serverVersion"),
    tables: root.list("tables").map((table) => ({
      name: table.text("name"),
      entry: table.text("entry"),
      columns: table.texts("columns"),
      rowSum: hasShape ? table.text("rowSum") : "",
      bytes: table.integer("bytes"),
      rows: table.integer("rows"),
      sha256: table.text("sha256", /^[0-9a-f]{64}$/),
    })),
    sequences: root.list("sequences").map((sequence) => ({
      name: sequence.text("name"),
      value: sequence.text("value", /^-?\d{1,19}$/),
      called: sequence.boolean("called"),
    })),
    shape: hasShape ? parseShape(root.within("shape")) : undefined,
    losses: hasShape ? root.texts("losses") : [],
  };
}

/** Older software wrote the number of the newest file as the version; now it is the count of the names. */
function checkVersion(version: number, names: readonly string[]): void {
  const [number = "0"] = /^\d{4}/.exec(names.at(-1) ?? "") ?? [];
  if (version === names.length || version === Number(number)) return;
  throw new AdminError(
    `Cannot read archive: its version is ${version}, and it names ${names.length} migrations; export it again`,
  );
}

function parseShape(shape: Fields): Shape {
  const partitions = shape.list("partitions").map((partition) => ({
    name: partition.text("name", /^[^\0]{1,63}$/),
    parent: partition.text("parent"),
    bound: partition.text("bound"),
    key: partition.text("key"),
  }));
  return {
    partitions,
    settings: shape.list("settings").map((setting) => ({
      kind: setting.text("kind"),
      path: setting.texts("path"),
      value: setting.text("value"),
    })),
    comments: shape.list("comments").map((comment) => ({
      type: comment.text("type"),
      names: comment.texts("names"),
      arguments: comment.texts("arguments"),
      text: comment.text("text"),
    })),
  };
}
