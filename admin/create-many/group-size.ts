// How many tenants one transaction may create. Each commit that changes the members of roles has every server
// connection read all memberships anew at its next message: fewer commits, fewer stalls. What bounds a group is
// the room for locks, which all connections share, and what a tenant's migrations leave in the transaction.
// https://www.postgresql.org/docs/current/runtime-config-locks.html

import type { Transaction } from "sequelize";
import { query } from "../registry/registry.ts";

// 20 leave a twentieth of the stalls; more would only make others wait longer for what a group has locked.
const MOST = 20;

// Two runs at once, and the service's connections, find room as well.
const SHARE = 1 / 3;

/** Who a transaction is and what it has set, to be compared as a text. */
export async function readSettings(transaction: Transaction): Promise<string> {
  const [row] = await query<{ settings: string }>(
    transaction,
    `select concat(current_user, string_agg(concat(name, '=', setting), ',' order by name)) as settings
       from pg_catalog.pg_settings where source = 'session'`,
  );
  return row?.settings ?? "";
}

/**
 * Reads how many tenants a transaction may create, within one that has created one. 1 when its migrations left
 * other settings or another role than they found: the next tenant's would begin with them.
 * @param before {@link readSettings} before the tenant
 * @param concurrency how many such transactions there are at once
 * @returns from 1 to 20
 */
export async function readGroupSize(
  transaction: Transaction,
  before: string,
  concurrency: number,
): Promise<number> {
  if ((await readSettings(transaction)) !== before) return 1;
  const [row] = await query<{ room: number; taken: number }>(
    transaction,
    `select current_setting('max_locks_per_transaction')::int
         * current_setting('max_connections')::int as room,
       count(*)::int as taken
       from pg_catalog.pg_locks where pid = pg_backend_pid() and not fastpath`,
  );
  const { room = 0, taken = 1 } = row ?? {};
  const fitting = Math.floor((room * SHARE) / concurrency / Math.max(1, taken));
  return Math.max(1, Math.min(MOST, fitting));
}
