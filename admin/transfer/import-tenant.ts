// A new tenant, from a file.

import {
  changesBetween,
  createStep,
  newestVersion,
  runChanges,
} from "../migrations/tenant-migrations.ts";
import { AdminError } from "../registry/admin-error.ts";
import { databaseCode, isConnectionLost } from "../registry/database-code.ts";
import { query, type Registry } from "../registry/registry.ts";
import { type Creation, createTenantWithin, prepareCreation } from "../lifecycle/tenant.ts";
import type { Transaction } from "sequelize";
import { type Archive, damaged, withArchive } from "./archive-reader.ts";
import type { Measure } from "./digest.ts";
import { type Loaded, loadTenant } from "./load.ts";
import type { ArchivedTable, Manifest } from "./manifest.ts";
import type { Meter } from "../command/meter.ts";
import { clientOf } from "../registry/transaction-client.ts";

/** The tenant that is to be. */
export interface ImportOptions {
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
}

/**
 * Creates a tenant from an archive, at the archive's version. One transaction, which checks every count and
 * checksum: whatever fails leaves nothing behind. Nothing is written to disk; memory does not depend on
 * the size.
 * @throws {AdminError} when the archive is not whole or not of this application's migrations, or the tenant
 *   cannot be created
 */
export async function importTenant(
  registry: Registry,
  file: string,
  { schemaName, hosts, migrate = false, meter }: ImportOptions,
): Promise<ImportReport> {
  const creation = await prepareCreation(registry);
  return withArchive(file, async (archive) => {
    const { manifest } = archive;
    const { version, statementTimeoutMs } = manifest;
    checkMigrations(creation, manifest);
    return registry.sequelize.transaction(async (transaction) => {
      await createTenantWithin(registry, transaction, creation, {
        schemaName,
        hosts,
        version,
        statementTimeoutMs,
      });
      const loaded = await load(transaction, file, archive, schemaName, meter);
      const newest = migrate ? newestVersion(creation.migrations) : version;
      await migrateWithin(registry, transaction, creation, schemaName, version, newest);
      const { schemaName: from, createdAt: exportedAt } = manifest;
      return { schemaName, hosts, from, exportedAt, version: newest, ...loaded };
    });
  });
}

/**
 * Refuses what was made by other migrations.
 * @param source has the version, and the names of the migrations up to it
 */
export function checkMigrations(
  { migrations }: Pick<Creation, "migrations">,
  { version, migrations: theirs }: Pick<Manifest, "version" | "migrations">,
): void {
  changesBetween(migrations, 0, version);
  const ours = migrations.filter(({ number }) => number <= version).map(({ name }) => name);
  if (ours.join("\n") === theirs.join("\n")) return;
  const other = theirs.find((name, index) => name !== ours[index]) ?? ours[theirs.length];
  throw new AdminError(
    `Cannot import tenant: its tenant migrations up to ${version} are not this application's, the first ` +
      `that differs is ${JSON.stringify(other)}; set TENANT_MIGRATIONS to the folder that it was exported with`,
  );
}

async function load(
  transaction: Transaction,
  file: string,
  archive: Archive,
  schemaName: string,
  meter: Meter | undefined,
): Promise<Loaded> {
  meter?.expect(archive.manifest.tables.reduce((sum, { bytes }) => sum + bytes, 0));
  try {
    return await loadTenant<ArchivedTable>(clientOf(transaction), schemaName, {
      action: "import tenant",
      tables: archive.manifest.tables,
      meter,
      open: (table) => archive.open(table),
      maxBytes: ({ bytes }) => bytes,
      check: (table, measure) => checkMeasure(file, table, measure),
      sequences: () => Promise.resolve(archive.manifest.sequences),
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
