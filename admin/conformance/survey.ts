// The survey of a pool's idle server connections. State that a message or a transaction has left on one would reach
// the next tenant.

import { setTimeout } from "node:timers/promises";
import type { ClientBase } from "pg";
import { type Backend, readBackends, Strangers } from "./backends.ts";
import { RawClient } from "./raw-client.ts";

const WAIT_MS = 15_000;
const POLL_MS = 10;
const LOOKS = 5;
// A begin that takes longer waits for a server connection that does not exist.
const TURN_MS = 300;
// A pooler may be several processes, and a client reaches any of them: when one is full, others are tried.
const MOST_MISSES = 12;
const MOST_AT_ONCE = 4;
const MOST_CLIENTS = 60;

// Poolers restore each client's own values of these.
const TRACKED = `'client_encoding', 'DateStyle', 'TimeZone', 'IntervalStyle', 'application_name',
  'standard_conforming_strings'`;

const STATE = `
  select pg_catalog.pg_backend_pid(), pg_catalog.concat_ws(', ',
    case when pg_catalog.current_setting('role') <> 'none' then 'role is ' || current_user end,
    case when pg_catalog.current_setting('transaction_read_only') <> 'off'
      and not exists (select from pg_catalog.pg_settings
        where name = 'default_transaction_read_only' and reset_val = 'on')
      then 'transaction_read_only is on' end,
    (select pg_catalog.string_agg(name || ' is ' || setting, ', ') from pg_catalog.pg_settings
      where source = 'session' and name not in (${TRACKED}) and name not like 'transaction%'),
    (select 'a cursor is open' from pg_catalog.pg_cursors where is_holdable limit 1),
    (select 'it listens' from pg_catalog.pg_listening_channels() limit 1),
    case when pg_catalog.pg_my_temp_schema() <> 0 then 'it has a temporary schema' end)`;

/**
 * Waits until the service role's server connections, except strangers', are idle and hold no locks.
 * @param admin a direct connection of the admin role
 * @param waitMs the longest wait, in milliseconds
 * @throws {Error} when one stays busy
 */
export async function settlePool(
  admin: ClientBase,
  strangers: Strangers,
  waitMs: number = WAIT_MS,
): Promise<void> {
  const deadline = performance.now() + waitMs;
  // A pooler may still have messages of a client that has left: between two of them the connection is idle, too.
  for (let idle = 0; idle < LOOKS;) {
    const busy = strangers.without(await readBackends(admin)).find(({ locks }) => locks !== null);
    idle = busy === undefined ? idle + 1 : 0;
    if (busy !== undefined && performance.now() > deadline) {
      throw new Error(`server connection ${busy.pid} is not idle; it has ${busy.locks}`);
    }
    await setTimeout(POLL_MS);
  }
}

/**
 * Waits as {@link settlePool} does, then checks each server connection. A connection that the pool's clients do not
 * reach counts as a stranger's from then on.
 * @param url the service role's URL of the pooler
 * @returns the number of server connections that were checked
 * @throws {Error} that names what was left on which connection, or the connection that stayed busy
 */
export async function surveyPool(
  admin: ClientBase,
  url: string,
  strangers: Strangers = new Strangers(),
  waitMs: number = WAIT_MS,
): Promise<number> {
  await settlePool(admin, strangers, waitMs);
  const seen = await reachAll(admin, url, strangers);
  const problems = [...seen].filter(([, left]) => left !== "");
  if (problems.length > 0) {
    throw new Error(problems.map(([pid, left]) => `server connection ${pid}: ${left}`).join("; "));
  }
  return seen.size;
}

/**
 * Holds one server connection after the other, until all are held or new clients do not reach another one. The
 * connections that were not reached count as strangers' from then on.
 * @returns the state left on each, by process
 */
export async function reachAll(
  admin: ClientBase,
  url: string,
  strangers: Strangers,
): Promise<ReadonlyMap<string, string>> {
  const seen = new Map<string, string>();
  const held: RawClient[] = [];
  const readMissing = async (): Promise<readonly Backend[]> =>
    strangers.without(await readBackends(admin)).filter(({ pid }) => !seen.has(pid));
  const hold = async (): Promise<boolean> => {
    const client = await RawClient.open(url);
    const begun = client.ask(`begin;${STATE}`);
    begun.catch(() => {});
    const answer = await Promise.race([begun, setTimeout(TURN_MS)]);
    if (answer === undefined) {
      await client.destroy();
      return false;
    }
    held.push(client);
    const [pid, left] = answer.rows[0] ?? [];
    if (pid) {
      seen.set(pid, left ?? "");
      strangers.remove(pid);
    }
    return true;
  };
  try {
    let misses = 0;
    let missing = await readMissing();
    while (missing.length > 0 && misses < MOST_MISSES && held.length < MOST_CLIENTS) {
      const atOnce = Math.min(1 + misses, MOST_AT_ONCE);
      const holds = await Promise.all(Array.from({ length: atOnce }, hold));
      misses += holds.filter((isHeld) => !isHeld).length;
      // Only those that existed first: the pooler may open others for clients that did not get one.
      const now = await readMissing();
      const left = missing.filter(({ pid }) => now.some((backend) => backend.pid === pid));
      missing = left.length > 0 ? left : now;
    }
    for (const backend of missing) strangers.add(backend);
    // A rollback first, so that the pooler keeps the server connection when its client ends.
    for (const client of held) await client.ask("rollback").catch(() => {});
  } finally {
    await Promise.all(held.map((client) => client.destroy()));
  }
  return seen;
}
