// The tenants' numbered migrations, and how one schema gets from a version to another. What a schema has is the
// `version` in its registry row, written in the same transaction as the change.

import type { QueryInterface, Transaction } from "sequelize";
import { AdminError } from "../registry/admin-error.ts";
import { query, type Registry } from "../registry/registry.ts";
import { findTenantMigrations, type LoadedMigration, loadMigrations } from "./load.ts";

/** What a tenant migration works with. One SQL command a call of `sql`. */
export interface TenantStep {
  /** The tenant's schema; name it in every statement: `"${schema}".data`. */
  readonly schema: string;
  /** Sequelize's own DDL; hand `transaction` to every call. */
  readonly queryInterface: QueryInterface;
  /** Runs one SQL command within the transaction. */
  readonly sql: (text: string) => Promise<void>;
  readonly transaction: Transaction;
}

/** What a tenant migration module exports. */
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
 * @throws {AdminError} when the registry was opened for none, in an installed package
 */
export async function loadTenantMigrations(registry: Registry): Promise<TenantMigrations> {
  return loadMigrations<TenantMigration>(findTenantMigrations(registry.tenantMigrations));
}

/** The version of a schema that has all of them; 0 when there are none. */
export function newestVersion(migrations: TenantMigrations): number {
  return migrations.at(-1)?.number ?? 0;
}

/** The versions that a schema can have: 0, and the number of each migration. */
export function knownVersions(migrations: TenantMigrations): readonly number[] {
  return [0, ...migrations.map(({ number }) => number)];
}

/**
 * What leads from one version to another, in order; empty when they are the same.
 * @throws {AdminError} when one of them is none that these migrations can make
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
        `Cannot migrate: there is no tenant migration ${version}; there are ${versions.slice(1).join(", ") || "none"}`,
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
 * Takes a schema from one version to another.
 * @param perform makes one change, the version included, all or nothing; what it throws ends the run
 */
export async function runChanges(
  migrations: TenantMigrations,
  from: number,
  to: number,
  perform: (change: Change) => Promise<void>,
): Promise<void> {
  for (const change of changesBetween(migrations, from, to)) await perform(change);
}

/** What a migration of this schema works with, in this transaction. */
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
 * Makes a new schema's tables: every migration up to `to`, within a transaction that the caller opens and
 * that also writes the version.
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
