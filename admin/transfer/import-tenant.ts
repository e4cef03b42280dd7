// A new tenant, from a file.

import { stat } from "node:fs/promises";
import type { Transaction } from "sequelize";
import type { Meter } from "../command/meter.ts";
import { type Creation, createTenantWithin, prepareCreation } from "../lifecycle/tenant.ts";
import { createStep, newestVersion, runChanges } from "../migrations/tenant-migrations.ts";
import { AdminError } from "../registry/admin-error.ts";
import { databaseCode, isConnectionLost } from "../registry/database-code.ts";
import { query, type Registry } from "../registry/registry.ts";
import { type Archive, damaged, withArchive } from "./archive-reader.ts";
import { checkMigrations, checkWhole, limitsOf, timeoutOf, type Trust } from "./belief.ts";
import type { Measure } from "./digest.ts";
import { type Loaded, loadTenant } from "./load.ts";
import type { ArchivedTable } from "./manifest.ts";

/** The tenant that is to be. */
export interface ImportOptions extends Trust {
  /** Checked by parseSchemaName. */
  readonly schemaName: string;
  /** In the registry's form, checked by parseDomain. */
  readonly hosts: readonly string[];
  /** Bring it to the newest version, in the same transaction. */
  readonly migrate?: boolean;
  readonly meter?: Meter;
}

/** What was imported. */
export interface ImportReport extends Loaded {
  readonly schemaName: string;
  readonly hosts: readonly string[];
  /** The schema that was exported, and when. */
  readonly from: string;
  readonly exportedAt: string;
  /** The version that the tenant has now. */
  readonly version: number;
  /** What the exported tenant had and this one has not; empty unless it was to be lossy. */
  readonly losses: readonly string[];
}

/**
 * Creates a tenant from an archive, at the archive's version. One transaction, which checks every count and
 * checksum: whatever fails leaves nothing behind. Nothing is written to disk; memory does not depend on
 * the size.
 * @throws {AdminError} when the archive is not whole or not of this application's migrations, says that it lacks
 *   something, asks for more than it is trusted with, or the tenant cannot be created
 */
export async function importTenant(
  registry: Registry,
  file: string,
  options: ImportOptions,
): Promise<ImportReport> {
  const creation = await prepareCreation(registry);
  return withArchive(file, (archive) =>
    registry.sequelize.transaction((transaction) =>
      importWithin(registry, transaction, creation, { file, archive, options }),
    ),
  );
}

/** See {@link importTenant}; within a transaction that a failure makes useless. */
export async function importWithin(
  registry: Registry,
  transaction: Transaction,
  creation: Creation,
  source: { readonly file: string; readonly archive: Archive; readonly options: ImportOptions },
): Promise<ImportReport> {
  const { manifest } = source.archive;
  const { schemaName, hosts, migrate = false, ...trust } = source.options;
  const { version, schemaName: from, createdAt: exportedAt, losses } = manifest;
  checkMigrations(creation, manifest);
  checkWhole(manifest, trust);
  const statementTimeoutMs = timeoutOf(manifest, trust);
  const tenant = { schemaName, hosts, version, statementTimeoutMs };
  const limits = limitsOf(manifest, (await stat(source.file)).size, trust);
  await createTenantWithin(registry, transaction, creation, tenant);
  const loaded = await load(transaction, source, limits.maxRowBytes);
  const newest = migrate ? newestVersion(creation.migrations) : version;
  await migrateWithin(registry, transaction, creation, schemaName, version, newest);
  return { schemaName, hosts, from, exportedAt, version: newest, losses, ...loaded };
}

async function load(
  transaction: Transaction,
  { file, archive, options }: Parameters<typeof importWithin>[3],
  maxRowBytes: number,
): Promise<Loaded> {
  const { manifest } = archive;
  const { schemaName, meter, lossy } = options;
  meter?.expect(manifest.tables.reduce((sum, { bytes }) => sum + bytes, 0));
  try {
    return await loadTenant<ArchivedTable>(transaction, schemaName, {
      action: "import tenant",
      tables: manifest.tables,
      shape: manifest.shape,
      lossy,
      meter,
      open: (table) => archive.open(table),
      bounds: ({ bytes }) => ({ maxBytes: bytes, maxRowBytes }),
      check: (table, measure) => checkMeasure(file, table, measure),
      computed: ({ rowSum }) => Promise.resolve(rowSum === "" ? undefined : rowSum),
      sequences: () => Promise.resolve(manifest.sequences),
    });
  } catch (error) {
    const ofDatabase = /^[0-9A-Z]{5}$/.test(databaseCode(error) ?? "") || isConnectionLost(error);
    if (error instanceof AdminError || ofDatabase) throw error;
    throw damaged(file, error instanceof Error ? error.message : String(error));
  }
}

function checkMeasure(file: string, table: ArchivedTable, measure: Measure): void {
  for (const what of ["bytes", "rows", "sha256"] as const) {
    if (measure[what] === table[what]) continue;
    const found = `${what} of table ${JSON.stringify(table.name)} is ${measure[what]}`;
    throw damaged(file, `${found}, the manifest says ${table[what]}`);
  }
}

async function migrateWithin(
  registry: Registry,
  transaction: Transaction,
  { migrations }: Creation,
  schemaName: string,
  from: number,
  to: number,
): Promise<void> {
  if (from === to) return;
  const step = createStep(registry, schemaName, transaction);
  await runChanges(migrations, from, to, ({ migration }) => migration.module.up(step));
  const text = "update rowhouse.tenant set version = $2 where schema_name = $1";
  await query(transaction, text, [schemaName, to]);
}
