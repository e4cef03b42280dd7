// One move of a tenant at a time, from the first step to the last: a lock of the source's, on a connection
// of its own, which ends with the process.

import { randomUUID } from "node:crypto";
import type { ClientBase } from "pg";
import { AdminError } from "../../registry/admin-error.ts";
import { withClient } from "../../registry/client.ts";
import { query, type Registry } from "../../registry/registry.ts";

const KEY = "pg_catalog.hashtextextended('rowhouse move ' || $1, 0)";

/**
 * Runs `work` while no other process moves this tenant.
 * @throws {AdminError} when one does, or the target is the source
 */
export async function withMoveLock<T>(
  source: Registry,
  target: Registry,
  schemaName: string,
  work: () => Promise<T>,
): Promise<T> {
  return withClient(source.url, async (client) => {
    const { rows } = await client.query<{ locked: boolean }>(
      `select pg_try_advisory_lock(${KEY}) as locked`,
      [schemaName],
    );
    if (!rows[0]?.locked) {
      throw new AdminError(
        `Cannot move tenant: another move-tenant is at work on "${schemaName}"; wait for its end`,
      );
    }
    await checkApart(client, target);
    return work();
  });
}

/** Whatever the URLs say: a lock that is had here and cannot be had there is of the same database. */
async function checkApart(client: ClientBase, { sequelize }: Registry): Promise<void> {
  const unique = randomUUID();
  await client.query(`select pg_advisory_lock(${KEY})`, [unique]);
  const [row] = await sequelize.transaction((transaction) =>
    query<{ locked: boolean }>(transaction, `select pg_try_advisory_xact_lock(${KEY}) as locked`, [
      unique,
    ]),
  );
  if (row?.locked) return;
  throw new AdminError(
    "Cannot move tenant: the target is the database that it is in; name another, " +
      "or see node admin/rename-tenant.js --help",
  );
}
