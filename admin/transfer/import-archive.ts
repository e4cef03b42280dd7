// Fills a new tenant from an open archive, and holds the archive against its own counts and checksums.

import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { Meter } from "../command/meter.ts";
import type { Creation } from "../lifecycle/creation.ts";
import { raiseTenant } from "../lifecycle/raise.ts";
import { newestVersion } from "../migrations/changes.ts";
import { AdminError } from "../registry/admin-error.ts";
import { isConnectionLost, sqlState } from "../registry/database-code.ts";
import type { Displaced } from "../registry/pointer.ts";
import type { Registry, Settings } from "../registry/registry.ts";
import { type Archive, damaged } from "./archive/reader.ts";
import { checkMigrations, checkWhole, limitsOf, timeoutOf, type Trust } from "./archive/belief.ts";
import { CopyDigest, type Measure } from "./rows/digest.ts";
import { type Loaded, loadTenant } from "./rows/load.ts";
import type { ArchivedTable } from "./archive/manifest.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** The new tenant. */
export interface ImportOptions extends Trust {
  /** A schema name that parseSchemaName has checked. */
  readonly schemaName: string;
  /** A host in the registry's form, which parseDomain has checked. */
  readonly hosts: readonly string[];
  /** The pointers that give way to it, as in NewTenant. */
  readonly displaces?: Displaced | undefined;
  /** Bring it to the newest version, before it is served. */
  readonly migrate?: boolean;
  readonly meter?: Meter;
}

/** The result of an import. */
export interface ImportReport extends Loaded {
  readonly schemaName: string;
  readonly hosts: readonly string[];
  /** The tenant's settings: the archive's, or none. */
  readonly settings: Settings;
  /** The archive's settings that the tenant did not get; empty with `withSettings`. */
  readonly settingsLeftOut: Settings;
  /** The exported schema, and the time of the export. */
  readonly from: string;
  readonly exportedAt: string;
  /** The tenant's version after the import. */
  readonly version: number;
  /** The exported tenant's objects that this one lacks; empty without `lossy`. */
  readonly losses: readonly string[];
}

/** Does the work of importTenant; on trial, the tenant is removed again and never visible to others. */
export async function importArchive(
  registry: Registry,
  creation: Creation,
  source: { readonly file: string; readonly archive: Archive; readonly options: ImportOptions },
  isTrial: boolean,
): Promise<ImportReport> {
  const { manifest } = source.archive;
  const { schemaName, hosts, displaces, migrate = false, ...trust } = source.options;
  const { version, schemaName: from, createdAt: exportedAt, losses } = manifest;
  checkMigrations(creation, manifest);
  checkWhole(manifest, trust);
  const statementTimeoutMs = timeoutOf(manifest, trust);
  const to = migrate ? newestVersion(creation.migrations) : version;
  const [settings, settingsLeftOut] = trust.withSettings
    ? [manifest.settings, {}]
    : [{}, manifest.settings];
  const tenant = { schemaName, hosts, version, to, statementTimeoutMs, settings, displaces };
  const limits = limitsOf(manifest, (await stat(source.file)).size, trust);
  const fill = (transaction: Transaction): Promise<Loaded> =>
    load(transaction, source, limits.maxRowBytes);
  const event = { verb: "import-tenant", details: { from, exportedAt } } as const;
  const options = { action: "import tenant", isTrial, ...(!isTrial && { source: event }) };
  const loaded = await raiseTenant(registry, creation, tenant, fill, options);
  const brought = { settings, settingsLeftOut, from, exportedAt, losses };
  return { schemaName, hosts, version: to, ...brought, ...loaded };
}

async function load(
  transaction: Transaction,
  { file, archive, options }: Parameters<typeof importArchive>[2],
  maxRowBytes: number,
): Promise<Loaded> {
  const { manifest } = archive;
  const { schemaName, meter, lossy } = options;
  meter?.expect(manifest.tables.reduce((sum, { bytes }) => sum + bytes, 0));
  let last: ArchivedTable | undefined;
  try {
    return await loadTenant<ArchivedTable>(transaction, schemaName, {
      action: "import tenant",
      tables: manifest.tables,
      shape: manifest.shape,
      lossy,
      meter,
      open(table) {
        last = table;
        return archive.open(table);
      },
      bounds: ({ bytes }) => ({ maxBytes: bytes, maxRowBytes }),
      check: (table, measure) => checkMeasure(file, table, measure),
      computed: ({ rowSum }) => Promise.resolve(rowSum === "" ? undefined : rowSum),
      sequences: () => Promise.resolve(manifest.sequences),
    });
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    const isTold = error instanceof AdminError;
    if (sqlState(isTold ? error.cause : error) === undefined) {
      throw isTold ? error : damaged(file, messageOf(error));
    }
    // A damaged value may be refused by PostgreSQL before the end of the text shows the damage.
    if (last) await requireWhole(file, archive, last);
    throw error;
  }
}

/** Reads a table's text once more, without PostgreSQL. */
async function requireWhole(file: string, archive: Archive, table: ArchivedTable): Promise<void> {
  const digest = new CopyDigest(undefined, { maxBytes: table.bytes, maxRowBytes: Infinity });
  try {
    await pipeline(await archive.open(table), digest.resume());
  } catch (error) {
    throw error instanceof AdminError ? error : damaged(file, messageOf(error));
  }
  checkMeasure(file, table, digest.measure());
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function checkMeasure(file: string, table: ArchivedTable, measure: Measure): void {
  for (const what of ["bytes", "rows", "sha256"] as const) {
    if (measure[what] === table[what]) continue;
    const found = `${what} of table ${JSON.stringify(table.name)} is ${measure[what]}`;
    throw damaged(file, `${found}, the manifest says ${table[what]}`);
  }
}
