// Decides how many tenants one transaction may create. After each commit that changes role memberships, every server
// connection reads all memberships again at its next message: fewer commits mean fewer stalls. The lock table, which
// all connections share, and settings that a tenant's migrations leave in the transaction limit a group.
// https://www.postgresql.org/docs/current/runtime-config-locks.html

import { query } from "../registry/registry.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

// A group of 20 leaves a twentieth of the stalls; a larger one would make others wait longer for its locks.
const MOST = 20;

// Leaves room for a second run and for the service's connections.
const SHARE = 1 / 3;

/** Reads the role and the settings of a transaction as one text, for comparison; without those that are set for each tenant. */
export async function readSettings(transaction: Transaction): Promise<string> {
  const [row] = await query<{ settings: string }>(
    transaction,
    `select concat(current_user, string_agg(concat(name, '=', setting), ',' order by name)) as settings
       from pg_catalog.pg_settings where source = 'session' 
        and name not in ('search_path', 'jit', 'plan_cache_mode')`,
  );
  return row?.settings ?? "";
}

/**
 * Computes how many tenants a transaction may create, within one that has created one. Returns 1 when the migrations
 * changed settings or the role, because the next tenant's migrations would start with them.
 * @param before result of {@link readSettings} before the tenant was created
 * @param concurrency number of such transactions at once
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
       from pg_catalog.pg_locks where pid = pg_backend_pid() and not fastpath and (relation is null or relation >= 16384)`,
  );
  const { room = 0, taken = 1 } = row ?? {};
  const fitting = Math.floor((room * SHARE) / concurrency / Math.max(1, taken));
  return Math.max(1, Math.min(MOST, fitting));
}
