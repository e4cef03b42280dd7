// The numbered migrations of tenants, and the changes from one version to another. The registry row of a tenant holds
// its `version`, written in the same transaction as the change.

import type { QueryInterface, Transaction } from "sequelize";
import { AdminError } from "../registry/admin-error.ts";
import { query, type Registry } from "../registry/registry.ts";
import { findTenantMigrations, type LoadedMigration, loadMigrations } from "./load.ts";

/** The parameters of a tenant migration. Each call of `sql` takes one SQL command. */
export interface TenantStep {
  /** The tenant's schema; name it in every statement: `"${schema}".data`. */
  readonly schema: string;
  /** Sequelize's DDL functions; pass `transaction` to every call. */
  readonly queryInterface: QueryInterface;
  /** Runs one SQL command within the transaction. */
  readonly sql: (text: string) => Promise<void>;
  readonly transaction: Transaction;
}

/** The exports of a tenant migration module. */
export interface TenantMigration {
  up(step: TenantStep): Promise<void>;
  down(step: TenantStep): Promise<void>;
}

/** An application's tenant migrations, by ascending number. */
export type TenantMigrations = readonly LoadedMigration<TenantMigration>[];

/** One migration of one schema. */
export interface Change {
  readonly direction: "up" | "down";
  readonly migration: LoadedMigration<TenantMigration>;
  /** The version before it, and after it. */
  readonly from: number;
  readonly to: number;
}

/**
 * Loads the migrations that the registry was opened for.
 * @throws {AdminError} in an installed package, when TENANT_MIGRATIONS is not set
 */
export async function loadTenantMigrations(registry: Registry): Promise<TenantMigrations> {
  return loadMigrations<TenantMigration>(findTenantMigrations(registry.tenantMigrations));
}

/** Returns the version of a schema with all migrations; 0 when the list is empty. */
export function newestVersion(migrations: TenantMigrations): number {
  return migrations.at(-1)?.number ?? 0;
}

/** Returns the versions that a schema can have: 0, and the number of each migration. */
export function knownVersions(migrations: TenantMigrations): readonly number[] {
  return [0, ...migrations.map(({ number }) => number)];
}

/**
 * Returns the changes from one version to another, in order; empty when the versions are equal.
 * @throws {AdminError} when one of the versions does not belong to these migrations
 */
export function changesBetween(
  migrations: TenantMigrations,
  from: number,
  to: number,
): readonly Change[] {
  const versions = knownVersions(migrations);
  for (const version of [from, to]) {
    if (!versions.includes(version)) {
      throw new AdminError(
        `Cannot migrate: tenant migration ${version} does not exist; ` +
          `existing: ${versions.slice(1).join(", ") || "none"}`,
      );
    }
  }
  const ups = migrations.map((migration, index): Change => {
    const before = versions[index] ?? 0;
    return { direction: "up", migration, from: before, to: migration.number };
  });
  if (to >= from) return ups.filter((change) => change.from >= from && change.to <= to);
  return ups
    .filter((change) => change.from >= to && change.to <= from)
    .map(({ migration, ...up }): Change => {
      return { direction: "down", migration, from: up.to, to: up.from };
    })
    .toReversed();
}

/**
 * Migrates a schema from one version to another.
 * @param perform runs one change and writes its version, in one transaction; an error ends the run
 */
export async function runChanges(
  migrations: TenantMigrations,
  from: number,
  to: number,
  perform: (change: Change) => Promise<void>,
): Promise<void> {
  for (const change of changesBetween(migrations, from, to)) await perform(change);
}

/** Builds the parameters of a migration of this schema, in this transaction. */
export function createStep(
  { sequelize }: Registry,
  schema: string,
  transaction: Transaction,
): TenantStep {
  return {
    schema,
    queryInterface: sequelize.getQueryInterface(),
    transaction,
    async sql(text) {
      await query(transaction, text);
    },
  };
}

/**
 * Creates the tables of a new schema: runs every migration up to `to`, in a transaction of the caller that also
 * writes the version.
 */
export async function buildSchema(
  registry: Registry,
  migrations: TenantMigrations,
  schemaName: string,
  transaction: Transaction,
  to: number = newestVersion(migrations),
): Promise<void> {
  const step = createStep(registry, schemaName, transaction);
  await runChanges(migrations, 0, to, ({ migration }) => migration.module.up(step));
}
