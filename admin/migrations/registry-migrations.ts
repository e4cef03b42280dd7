// The registry's own numbered migrations, run by umzug within one transaction that the caller opens,
// so that the schema and the record of it are one change.

import { Umzug } from "umzug";
import type { Transaction } from "sequelize";
import { hasTable, query } from "../registry/registry.ts";
import { loadMigrations, REGISTRY_MIGRATIONS } from "./load.ts";

/** Runs one SQL command. */
export type RunSql = (text: string) => Promise<void>;

/** What a registry migration exports as `up`. One SQL command a call. */
export type RegistryMigration = (sql: RunSql) => Promise<void>;

/**
 * Brings the registry to its newest version.
 * @returns the names of the migrations that were run now
 */
export async function migrateRegistry(transaction: Transaction): Promise<readonly string[]> {
  const migrations = await loadMigrations<{ up: RegistryMigration }>(REGISTRY_MIGRATIONS);
  const sql: RunSql = async (text) => {
    await query(transaction, text);
  };
  const umzug = new Umzug({
    migrations: migrations.map(({ name, module }) => ({ name, up: () => module.up(sql) })),
    logger: undefined,
    storage: {
      executed: () => appliedMigrations(transaction),
      async logMigration({ name }) {
        const text = "insert into rowhouse.registry_migration (name) values ($1)";
        await query(transaction, text, [name]);
      },
      unlogMigration: () => Promise.reject(new Error("Registry migrations only go up")),
    },
  });
  return (await umzug.up()).map(({ name }) => name);
}

async function appliedMigrations(transaction: Transaction): Promise<string[]> {
  if (!(await hasTable(transaction, "registry_migration"))) return [];
  const rows = await query<{ name: string }>(
    transaction,
    "select name from rowhouse.registry_migration",
  );
  return rows.map(({ name }) => name);
}
