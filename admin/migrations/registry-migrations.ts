// The registry's own numbered migrations, run within one transaction that the caller opens, so that the schema
// and the record of it are one change.

import type { Transaction } from "sequelize";
import { hasTable, query } from "../registry/registry.ts";
import { loadMigrations, REGISTRY_MIGRATIONS } from "./load.ts";

/** Runs one SQL command. */
type RunSql = (text: string) => Promise<void>;

/** The function that a registry migration exports as `up`. It passes one SQL command per call. */
export type RegistryMigration = (sql: RunSql) => Promise<void>;

/**
 * Migrates the registry to its newest version.
 * @returns the names of the migrations that this call ran
 */
export async function migrateRegistry(transaction: Transaction): Promise<readonly string[]> {
  const migrations = await loadMigrations<{ up: RegistryMigration }>(REGISTRY_MIGRATIONS);
  const sql: RunSql = async (text) => {
    await query(transaction, text);
  };
  const isNew = !(await hasTable(transaction, "registry_migration"));
  const text = "select name from rowhouse.registry_migration";
  const rows = isNew ? [] : await query<{ name: string }>(transaction, text);
  const applied = new Set(rows.map(({ name }) => name));
  const pending = migrations.filter(({ name }) => !applied.has(name));
  for (const { name, module } of pending) {
    await module.up(sql);
    await query(transaction, "insert into rowhouse.registry_migration (name) values ($1)", [name]);
  }
  return pending.map(({ name }) => name);
}
