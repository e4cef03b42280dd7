// Every server connection of a pool, looked at while nobody works on it: what a message or a transaction has left
// there would be the next tenant's.

import { setTimeout } from "node:timers/promises";
import type { ClientBase } from "pg";
import { type Backend, readBackends, Strangers } from "./backends.ts";
import { RawClient } from "./raw-client.ts";

const WAIT_MS = 15_000;
const POLL_MS = 10;
const LOOKS = 5;
// A begin that takes longer waits for a server connection that there is no more.
const TURN_MS = 300;
// A pooler may be several processes, and a client comes to any of them: with one full, others are tried.
const MOST_MISSES = 12;
const MOST_AT_ONCE = 4;
const MOST_CLIENTS = 60;

// Poolers give each client its own values of these back.
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
 * Waits until no server connection of the service role works, or has anything locked, but strangers'.
 * @param admin a direct connection of the admin role
 * @param waitMs how long it waits at most
 * @throws {Error} when one stays at work
 */
export async function settlePool(
  admin: ClientBase,
  strangers: Strangers,
  waitMs: number = WAIT_MS,
): Promise<void> {
  const deadline = performance.now() + waitMs;
  // A pooler may have more to send of a client that has gone: between two messages nothing is at work either.
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
 * Waits as {@link settlePool} does, then looks at each server connection. Those that no client of the pool comes to
 * are strangers' from then on.
 * @param url the service role's URL of the pooler
 * @returns how many server connections were looked at
 * @throws {Error} that says what was found on which of them, or that one stayed at work
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
 * Holds one server connection after the other, until all are held or no client comes to another one. Those that no
 * client came to are strangers' from then on, whatever they do.
 * @returns what was left on each, by process
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
      // Those that were there first: the pooler may make others for clients that were tried in vain.
      const now = await readMissing();
      const left = missing.filter(({ pid }) => now.some((backend) => backend.pid === pid));
      missing = left.length > 0 ? left : now;
    }
    for (const backend of missing) strangers.add(backend);
    // In order, so that no server connection is thrown away for its client's end.
    for (const client of held) await client.ask("rollback").catch(() => {});
  } finally {
    await Promise.all(held.map((client) => client.destroy()));
  }
  return seen;
}
