// The page of contents of an archive, `manifest.json`: what was exported, and how to tell that it is whole.

import { AdminError } from "../registry/admin-error.ts";
import type { Measure } from "./digest.ts";
import type { Sequence } from "./structure.ts";

/** The form of archives that this software writes, and the only one that it reads. */
export const FORMAT_VERSION = 1;

/** The manifest's entry in the archive. */
export const MANIFEST_ENTRY = "manifest.json";

/** A table in an archive. */
export interface ArchivedTable extends Measure {
  readonly name: string;
  /** Its entry in the archive. */
  readonly entry: string;
  /** In the order of the COPY text. */
  readonly columns: readonly string[];
}

/** What an archive says of itself. */
export interface Manifest {
  readonly formatVersion: number;
  /** The version of Rowhouse that wrote it. */
  readonly rowhouse: string;
  readonly schemaName: string;
  /** The number of the newest tenant migration that it has. */
  readonly version: number;
  /** The names of the migrations up to `version`. */
  readonly migrations: readonly string[];
  readonly statementTimeoutMs: number;
  /** The hosts that the tenant had. */
  readonly hosts: readonly string[];
  /** When it was written, as ISO 8601. */
  readonly createdAt: string;
  /** The server's, such as "18.4". */
  readonly serverVersion: string;
  readonly tables: readonly ArchivedTable[];
  readonly sequences: readonly Sequence[];
}

/**
 * Reads a manifest's text.
 * @throws {AdminError} when it is another format, or not what this software wrote
 */
export function parseManifest(text: string): Manifest {
  const root = new Fields(parseJson(text), "manifest");
  const formatVersion = root.integer("formatVersion");
  if (formatVersion !== FORMAT_VERSION) {
    throw new AdminError(
      `Cannot read archive: its format is version ${formatVersion}, and this reads ${FORMAT_VERSION}; ` +
        "use the version of Rowhouse that wrote it",
    );
  }
  return {
    formatVersion,
    rowhouse: root.text("rowhouse"),
    schemaName: root.text("schemaName"),
    version: root.integer("version", 0, 9999),
    migrations: root.texts("migrations"),
    statementTimeoutMs: root.integer("statementTimeoutMs", 1, 86_400_000),
    hosts: root.texts("hosts"),
    createdAt: root.text("createdAt"),
    serverVersion: root.text("serverVersion"),
    tables: root.list("tables").map((table) => ({
      name: table.text("name"),
      entry: table.text("entry"),
      columns: table.texts("columns"),
      bytes: table.integer("bytes"),
      rows: table.integer("rows"),
      sha256: table.text("sha256", /^[0-9a-f]{64}$/),
    })),
    sequences: root.list("sequences").map((sequence) => ({
      name: sequence.text("name"),
      value: sequence.text("value", /^-?\d{1,19}$/),
      called: sequence.boolean("called"),
    })),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw unreadable("manifest");
  }
}

function unreadable(place: string): AdminError {
  return new AdminError(
    `Cannot read archive: its ${place} is not in order; export the tenant again`,
  );
}

/** The fields of an object that came from outside. */
class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #place: string;

  constructor(value: unknown, place: string) {
    if (typeof value !== "object" || value === null) throw unreadable(place);
    this.#values = value as Record<string, unknown>;
    this.#place = place;
  }

  text(name: string, form = /^/): string {
    const value = this.#values[name];
    if (typeof value === "string" && form.test(value)) return value;
    throw this.#wrong(name);
  }

  integer(name: string, min = 0, max = Number.MAX_SAFE_INTEGER): number {
    const value = this.#values[name];
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) {
      return Number(value);
    }
    throw this.#wrong(name);
  }

  boolean(name: string): boolean {
    const value = this.#values[name];
    if (typeof value === "boolean") return value;
    throw this.#wrong(name);
  }

  texts(name: string): readonly string[] {
    return this.#array(name).map((value) => {
      if (typeof value === "string") return value;
      throw this.#wrong(name);
    });
  }

  list(name: string): readonly Fields[] {
    return this.#array(name).map((value) => new Fields(value, `${this.#place}, ${name},`));
  }

  #array(name: string): readonly unknown[] {
    const value = this.#values[name];
    if (Array.isArray(value)) return value;
    throw this.#wrong(name);
  }

  #wrong(name: string): AdminError {
    return unreadable(`${this.#place}, "${name}",`);
  }
}
