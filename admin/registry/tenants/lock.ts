// One change of a tenant at a time: every verb that changes one holds this lock for its transaction.
// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS

import type { ClientBase } from "pg";
import { AdminError } from "../admin-error.ts";
import { withClient } from "../connection/client.ts";
import { query, type Registry } from "../registry.ts";
import type { Transaction } from "../connection/transaction-client.ts";

/** The lock's key as an SQL expression; the parameter `$n` is the schema's name. */
export function tenantLockKey(parameter: string): string {
  return `pg_catalog.hashtextextended('rowhouse tenant ' || ${parameter}, 0)`;
}

/** The error when another verb holds a tenant's lock. */
export class TenantBusy extends AdminError {
  constructor() {
    super("another verb is changing the tenant", { code: "tenant_busy" });
  }
}

/**
 * Locks these tenants until the transaction ends; waits while another verb holds one of the locks.
 * It locks them in alphabetical order, so that two verbs never wait for each other.
 */
export async function lockTenants(
  transaction: Transaction,
  ...schemaNames: readonly string[]
): Promise<void> {
  const text = `select pg_advisory_xact_lock(${tenantLockKey("name")}) from unnest($1::text[]) as name`;
  await query(transaction, text, [schemaNames.toSorted()]);
}

/** The error when another process runs a verb of several transactions for the tenant. */
export class TenantTaken extends AdminError {}

/** The key of {@link withTenantAlone}'s lock, as an SQL expression; the parameter `$n` is the schema's name. */
export function aloneKey(parameter: string): string {
  return `pg_catalog.hashtextextended('rowhouse verb ' || ${parameter}, 0)`;
}

/**
 * Runs a verb that takes more than one transaction for a tenant, and excludes other processes that run such a verb
 * for it. It holds a session lock on its own connection, without an open transaction; the lock ends with the process.
 * @param action completes "Cannot …", such as "drop tenant"
 * @param work receives the connection that holds the lock
 * @throws {TenantTaken} without waiting, when another process holds the lock
 */
export function withTenantAlone<T>(
  registry: Registry,
  schemaName: string,
  action: string,
  work: (client: ClientBase) => Promise<T>,
): Promise<T> {
  return withTenantsAlone(registry, [schemaName], action, work);
}

/** As {@link withTenantAlone}, for several tenants at once; it refuses them all when another process has one. */
export function withTenantsAlone<T>(
  registry: Registry,
  schemaNames: readonly string[],
  action: string,
  work: (client: ClientBase) => Promise<T>,
): Promise<T> {
  return withClient(registry, async (client) => {
    // PostgreSQL 14 and newer can end a session that only waits.
    await client.query(
      "select set_config(name, '0', false) from pg_catalog.pg_settings where name = 'idle_session_timeout'",
    );
    const text = `select name, pg_try_advisory_lock(${aloneKey("name")}) as locked from unnest($1::text[]) as name`;
    const { rows } = await client.query<{ name: string; locked: boolean }>(text, [schemaNames]);
    const busy = rows.find(({ locked }) => !locked);
    if (busy !== undefined) {
      throw new TenantTaken(
        `Cannot ${action}: another verb is changing "${busy.name}"; wait until it has ended`,
        { code: "tenant_busy" },
      );
    }
    return work(client);
  });
}

/** Turns off the server's timeout for a transaction that only holds locks. */
export async function keepOpen(transaction: Transaction): Promise<void> {
  await query(transaction, "set local idle_in_transaction_session_timeout = 0");
}
