// The tenants' numbered migrations, run by umzug on one schema. What a schema has is the `version` in
// its registry row, written in the same transaction as the change.

import type { QueryInterface, Transaction } from "sequelize";
import { Umzug } from "umzug";
import { query, type Registry } from "../registry/registry.ts";
import { loadMigrations, TENANT_MIGRATIONS } from "./load.ts";

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

/**
 * Brings one tenant's schema to the newest version, within a transaction that the caller opens.
 * @returns the names of the migrations that were run now
 */
export async function migrateTenant(
  { sequelize, Tenant, tenantMigrations }: Registry,
  schemaName: string,
  transaction: Transaction,
): Promise<readonly string[]> {
  const migrations = await loadMigrations<TenantMigration>(tenantMigrations ?? TENANT_MIGRATIONS);
  const step: TenantStep = {
    schema: schemaName,
    queryInterface: sequelize.getQueryInterface(),
    transaction,
    async sql(text) {
      await query(sequelize, transaction, text);
    },
  };
  const setVersion = (version: number): Promise<unknown> =>
    Tenant.update({ version }, { where: { schemaName }, transaction });
  const numbers = new Map(migrations.map(({ name, number }) => [name, number]));
  const umzug = new Umzug({
    migrations: migrations.map(({ name, module }) => ({ name, up: () => module.up(step) })),
    logger: undefined,
    storage: {
      async executed() {
        const tenant = await Tenant.findByPk(schemaName, { transaction, rejectOnEmpty: true });
        return migrations.filter(({ number }) => number <= tenant.version).map(({ name }) => name);
      },
      async logMigration({ name }) {
        await setVersion(numbers.get(name) ?? 0);
      },
      unlogMigration: () => Promise.reject(new Error("Creating a tenant only goes up")),
    },
  });
  return (await umzug.up()).map(({ name }) => name);
}
