// The lock of a move: one move of a tenant at a time, from the first step to the last, and never to its own database.

import { randomUUID } from "node:crypto";
import type { ClientBase } from "pg";
import { commandFor } from "../../program/form.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { withClient } from "../../registry/connection/client.ts";
import { query, type Registry } from "../../registry/registry.ts";
import { aloneKey, withTenantAlone } from "../../registry/tenants/lock.ts";

/** Checks that the lock of a move is held still. Whoever lost it must not change anything more. */
export type RequireHeld = () => Promise<void>;

/**
 * Runs `work` while no other process moves or drops this tenant.
 * @param work receives what checks, before a step that decides, that this is still so
 * @throws {AdminError} when another process does, or the target is the source
 */
export function withMoveLock<T>(
  source: Registry,
  target: Registry,
  schemaName: string,
  work: (requireHeld: RequireHeld) => Promise<T>,
): Promise<T> {
  return withTenantAlone(source, schemaName, "move tenant", async (client) => {
    await checkApart(client, target);
    return work(() => requireConnected(client));
  });
}

async function requireConnected(client: ClientBase): Promise<void> {
  try {
    await client.query("select");
  } catch (error) {
    throw new AdminError(
      "Cannot move tenant: the connection that keeps other verbs away was lost; run the same command again",
      { code: "database_unavailable", cause: error },
    );
  }
}

/** Whether two registries are of the same database, by whatever URLs. */
export function isSameDatabase(one: Registry, other: Registry): Promise<boolean> {
  return withClient(one, (client) => isBlockedThere(client, other));
}

async function checkApart(client: ClientBase, target: Registry): Promise<void> {
  if (!(await isBlockedThere(client, target))) return;
  throw new AdminError(
    "Cannot move tenant: the target is the tenant's own database; name another, " +
      `or see ${commandFor("rename-tenant")} --help`,
  );
}

/** Compares databases by a lock, not by URL: a lock held here that blocks there belongs to the same database. */
async function isBlockedThere(client: ClientBase, { withTransaction }: Registry): Promise<boolean> {
  const unique = randomUUID();
  await client.query(`select pg_advisory_lock(${aloneKey("$1")})`, [unique]);
  const [row] = await withTransaction((transaction) =>
    query<{ locked: boolean }>(
      transaction,
      `select pg_try_advisory_xact_lock(${aloneKey("$1")}) as locked`,
      [unique],
    ),
  );
  return row?.locked !== true;
}
