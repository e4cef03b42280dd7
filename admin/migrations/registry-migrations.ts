// The registry's own numbered migrations, run within one transaction that the caller opens, so that the schema
// and the record of it are one change.

import { commandFor } from "../program/form.ts";
import { asHome } from "../command/database-error.ts";
import { AdminError } from "../registry/admin-error.ts";
import { HOME } from "../registry/others.ts";
import { hasTable, query } from "../registry/registry.ts";
import { findTenantMigrations, listNumbered, loadMigrations, REGISTRY_MIGRATIONS } from "./load.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** Runs one SQL command and returns its rows. */
type RunSql = <R extends object = object>(text: string) => Promise<readonly R[]>;

/** A file of a folder whose name begins with a number of four digits. */
export interface NumberedFile {
  /** The file's name without its extension. */
  readonly name: string;
  readonly number: number;
}

/**
 * The function that a registry migration exports as `up`. It passes one SQL command per call.
 * `readNumbered` lists the numbered files of the tenant migrations by ascending number.
 */
export type RegistryMigration = (
  sql: RunSql,
  readNumbered: () => Promise<readonly NumberedFile[]>,
) => Promise<void>;

/**
 * Migrates the registry to its newest version.
 * @param tenantMigrations the folder of the tenant migrations, which an old registry's tenants need
 * @returns the names of the migrations that this call ran
 * @throws {AdminError} when a newer copy has migrated it: its entry functions must not become those of this one
 */
export async function migrateRegistry(
  transaction: Transaction,
  tenantMigrations: string | undefined,
): Promise<readonly string[]> {
  const migrations = await loadMigrations<{ up: RegistryMigration }>(REGISTRY_MIGRATIONS);
  const sql: RunSql = (text) => query(transaction, text);
  const isNew = !(await hasTable(transaction, "registry_migration"));
  const { missing, newer } = isNew
    ? { missing: migrations.map(({ name }) => name), newer: [] }
    : await readRegistryAge(transaction);
  if (newer.length > 0) {
    throw new AdminError(
      `Cannot initialise: a newer Rowhouse has migrated the registry, with ${newer.join(", ")}; use that version here, too`,
    );
  }
  const pending = migrations.filter(({ name }) => missing.includes(name));
  for (const { name, module } of pending) {
    await module.up(sql, () => listNumbered(findTenantMigrations(tenantMigrations)));
    await query(transaction, "insert into rowhouse.registry_migration (name) values ($1)", [name]);
  }
  return pending.map(({ name }) => name);
}

/** How a registry differs from what this copy of Rowhouse makes, by the names of migrations. */
export interface RegistryAge {
  /** Those that init-db has not yet run there. */
  readonly missing: readonly string[];
  /** Those that a newer copy has run there. */
  readonly newer: readonly string[];
}

/** Reads the age of a registry. */
export async function readRegistryAge(transaction: Transaction): Promise<RegistryAge> {
  const text = "select name from rowhouse.registry_migration order by 1";
  const applied = (await query<{ name: string }>(transaction, text)).map(({ name }) => name);
  const known = (await listNumbered(REGISTRY_MIGRATIONS)).map(({ name }) => name);
  return {
    missing: known.filter((name) => !applied.includes(name)),
    newer: applied.filter((name) => !known.includes(name)),
  };
}

/**
 * Refuses a registry that this copy of Rowhouse has not yet migrated.
 * @param action completes "Cannot …"
 * @param database its name
 * @throws {AdminError} registry_missing
 */
export async function requireNewRegistry(
  transaction: Transaction,
  action: string,
  database: string,
): Promise<void> {
  const { missing } = await readRegistryAge(transaction);
  if (missing.length === 0) return;
  throw new AdminError(
    `Cannot ${action}: the registry${database === HOME ? "" : ` of database "${database}"`} is older than this ` +
      `Rowhouse, it lacks ${missing.join(", ")}; run ${commandFor("init-db")} first${asHome(database)}`,
    { code: "registry_missing" },
  );
}
