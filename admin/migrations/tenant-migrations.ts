// The form of an application's own tenant migrations.

import type { QueryInterface, Transaction } from "sequelize";

/** The parameters of a tenant migration. Each call of `sql` takes one SQL command. */
export interface TenantStep {
  /** The tenant's schema. It is the first of the `search_path`, so that a command need not name it. */
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
