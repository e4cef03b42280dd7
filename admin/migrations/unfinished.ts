// A tenant that takes more than one transaction to create. Until it is whole, its row says so, and it has no host: it
// is neither served nor counted. The session that creates it holds a lock; where nobody does, the creation was killed,
// and the next run of any verb that needs the name removes it.

import { quoteName } from "../../src/sql/quote-name.ts";
import { type NewEvent, recordEvents } from "../events/event.ts";
import { claimRole } from "../registry/roles/claim-role.ts";
import { query, type Registry } from "../registry/registry.ts";
import { lockTenants, withTenantAlone } from "../registry/tenants/lock.ts";
import { readRolePrefix } from "../registry/roles/tenant-role.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** An SQL condition on `rowhouse.tenant`: its creation has not ended. A tenant that is being moved here has a peer. */
export const IS_UNFINISHED = "transition = 'arriving' and peer is null";

/**
 * Runs a creation of several transactions. Removes what an earlier one left, and what this one leaves when it fails.
 * @param action completes "Cannot …", such as "add tenant"
 * @throws {AdminError} without waiting, when another process is creating the tenant
 */
export function withUnfinished<T>(
  registry: Registry,
  schemaName: string,
  action: string,
  work: () => Promise<T>,
): Promise<T> {
  return withTenantAlone(registry, schemaName, action, async () => {
    await remove(registry, schemaName);
    try {
      return await work();
    } catch (error) {
      // Where this fails, too, the next run removes it.
      await remove(registry, schemaName).catch(() => {});
      throw error;
    }
  });
}

/** As {@link withUnfinished}, and removes the tenant also when `work` succeeds. */
export function withTemporary<T>(
  registry: Registry,
  schemaName: string,
  action: string,
  work: () => Promise<T>,
): Promise<T> {
  return withTenantAlone(registry, schemaName, action, async () => {
    await remove(registry, schemaName);
    try {
      return await work();
    } finally {
      await remove(registry, schemaName).catch(() => {});
    }
  });
}

/**
 * Removes a tenant whose creation was killed.
 * @param event left out where the name is needed for another creation
 * @returns whether there was one
 * @throws {AdminError} without waiting, when a process is still creating it
 */
export async function removeUnfinished(
  registry: Registry,
  schemaName: string,
  action: string,
  event?: NewEvent,
): Promise<boolean> {
  const { withTransaction } = registry;
  // A tenant that is whole needs no lock, so that two calls that find it do not meet here.
  if (!(await withTransaction((one) => isUnfinished(one, schemaName)))) return false;
  return withTenantAlone(registry, schemaName, action, () => remove(registry, schemaName, event));
}

/** Whether the creation of this tenant has not ended. */
export async function isUnfinished(transaction: Transaction, schemaName: string): Promise<boolean> {
  const text = `select from rowhouse.tenant where schema_name = $1 and ${IS_UNFINISHED}`;
  return (await query(transaction, text, [schemaName])).length > 0;
}

function remove(
  { withTransaction }: Registry,
  schemaName: string,
  event?: NewEvent,
): Promise<boolean> {
  return withTransaction(async (transaction) => {
    await lockTenants(transaction, schemaName);
    if (!(await isUnfinished(transaction, schemaName))) return false;
    const [row] = await query<{ role: string }>(
      transaction,
      "select role_name as role from rowhouse.tenant where schema_name = $1",
      [schemaName],
    );
    await query(transaction, `drop schema if exists ${quoteName(schemaName)} cascade`);
    const isOwn = (row?.role ?? "") === `${await readRolePrefix(transaction)}${schemaName}`;
    const role = isOwn && row ? await claimRole(transaction, row.role) : undefined;
    if (typeof role === "string") {
      await query(transaction, `drop owned by ${quoteName(role)}`);
      await query(transaction, `drop role ${quoteName(role)}`);
    }
    // A host that points to another database belongs to a tenant there, also where that one has the name.
    for (const rows of [
      "domain where database is null and",
      "migration_run where",
      "tenant where",
    ]) {
      await query(transaction, `delete from rowhouse.${rows} schema_name = $1`, [schemaName]);
    }
    if (event) await recordEvents(transaction, [event]);
    return true;
  });
}
