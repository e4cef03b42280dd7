// One change of a tenant at a time: every verb that changes one holds this lock for its transaction.
// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS

import type { Transaction } from "sequelize";
import { query, type Registry } from "./registry.ts";

/** The lock's key as an SQL expression; the parameter `$n` is the schema's name. */
export function tenantLockKey(parameter: string): string {
  return `pg_catalog.hashtextextended('rowhouse tenant ' || ${parameter}, 0)`;
}

/**
 * Waits until no other verb changes these tenants, and keeps it so until the transaction ends.
 * Several are locked in one order, so that two verbs never wait for each other.
 */
export async function lockTenants(
  { sequelize }: Registry,
  transaction: Transaction,
  ...schemaNames: readonly string[]
): Promise<void> {
  for (const schemaName of schemaNames.toSorted()) {
    const text = `select pg_advisory_xact_lock(${tenantLockKey("$1")})`;
    await query(sequelize, transaction, text, [schemaName]);
  }
}
