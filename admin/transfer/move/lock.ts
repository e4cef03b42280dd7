// The lock of a move: one move of a tenant at a time, from the first step to the last, and never to its own database.

import { randomUUID } from "node:crypto";
import type { ClientBase } from "pg";
import { commandFor } from "../../program/form.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { query, type Registry } from "../../registry/registry.ts";
import { ALONE_KEY, withTenantAlone } from "../../registry/tenant-lock.ts";

/**
 * Runs `work` while no other process moves or drops this tenant.
 * @throws {AdminError} when another process does, or the target is the source
 */
export function withMoveLock<T>(
  source: Registry,
  target: Registry,
  schemaName: string,
  work: () => Promise<T>,
): Promise<T> {
  return withTenantAlone(source, schemaName, "move tenant", async (client) => {
    await checkApart(client, target);
    return work();
  });
}

/** Compares databases by a lock, not by URL: a lock held here that blocks there belongs to the same database. */
async function checkApart(client: ClientBase, { sequelize }: Registry): Promise<void> {
  const unique = randomUUID();
  await client.query(`select pg_advisory_lock(${ALONE_KEY})`, [unique]);
  const [row] = await sequelize.transaction((transaction) =>
    query<{ locked: boolean }>(
      transaction,
      `select pg_try_advisory_xact_lock(${ALONE_KEY}) as locked`,
      [unique],
    ),
  );
  if (row?.locked) return;
  throw new AdminError(
    "Cannot move tenant: the target is the tenant's own database; name another, " +
      `or see ${commandFor("rename-tenant")} --help`,
  );
}
