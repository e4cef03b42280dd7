// One change of a tenant at a time: every verb that changes one holds this lock for its transaction.
// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS

import type { Transaction } from "sequelize";
import { AdminError } from "./admin-error.ts";
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
  transaction: Transaction,
  ...schemaNames: readonly string[]
): Promise<void> {
  for (const schemaName of schemaNames.toSorted()) {
    const text = `select pg_advisory_xact_lock(${tenantLockKey("$1")})`;
    await query(transaction, text, [schemaName]);
  }
}

/**
 * Runs a verb that takes more than one transaction of a tenant, while nobody else runs one of it.
 * @param action completes "Cannot …", such as "drop tenant"
 * @throws {AdminError} at once, when somebody does
 */
export function withTenantAlone<T>(
  registry: Registry,
  schemaName: string,
  action: string,
  work: () => Promise<T>,
): Promise<T> {
  const { sequelize } = registry;
  return sequelize.transaction(async (transaction) => {
    await keepOpen(transaction);
    const [row] = await query<{ locked: boolean }>(
      transaction,
      `select pg_try_advisory_xact_lock(
         pg_catalog.hashtextextended('rowhouse verb ' || $1, 0)) as locked`,
      [schemaName],
    );
    if (row?.locked !== true) {
      throw new AdminError(
        `Cannot ${action}: the same is at work on "${schemaName}" elsewhere; wait until that ends`,
      );
    }
    return work();
  });
}

/** Keeps the server from ending a transaction that only holds locks, however long it does. */
export async function keepOpen(transaction: Transaction): Promise<void> {
  await query(transaction, "set local idle_in_transaction_session_timeout = 0");
}
