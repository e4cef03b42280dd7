// Every server connection of a pool, looked at while nobody works on it: what a message or a transaction has left
// there would be the next tenant's. Only what any admin role may see is asked of PostgreSQL.

import { setTimeout } from "node:timers/promises";
import type { ClientBase } from "pg";
import { RawClient } from "./raw-client.ts";

const WAIT_MS = 15_000;
const POLL_MS = 10;
const LOOKS = 5;
// A begin that takes longer waits for a server connection that there is no more.
const TURN_MS = 1000;

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

const BACKENDS = `
  select a.pid::text, pg_catalog.string_agg(distinct pg_catalog.concat_ws(' ', l.mode, 'on', l.locktype,
      l.relation::pg_catalog.regclass::text), ', ') filter (where l.pid is not null) as locks
    from pg_catalog.pg_stat_activity as a
    join rowhouse.installation as i on true
    join pg_catalog.pg_roles as r on r.oid = a.usesysid and r.rolname = i.service_role
    join pg_catalog.pg_database as d on d.oid = a.datid and d.datname = pg_catalog.current_database()
    left join pg_catalog.pg_locks as l on l.pid = a.pid
   group by a.pid`;

interface Backend {
  readonly pid: string;
  /** What it holds or waits for; null when it has no lock, and so no transaction. */
  readonly locks: string | null;
}

/**
 * Waits until no server connection of the service role works, or has anything locked.
 * @param admin a direct connection of the admin role
 * @param waitMs how long it waits at most
 * @throws {Error} when one stays at work
 */
export async function settlePool(admin: ClientBase, waitMs: number = WAIT_MS): Promise<void> {
  const deadline = performance.now() + waitMs;
  // A pooler may have more to send of a client that has gone: between two messages nothing is at work either.
  for (let idle = 0; idle < LOOKS;) {
    const busy = (await readBackends(admin)).find(({ locks }) => locks !== null);
    idle = busy === undefined ? idle + 1 : 0;
    if (busy !== undefined && performance.now() > deadline) {
      throw new Error(`server connection ${busy.pid} is not idle; it has ${busy.locks}`);
    }
    await setTimeout(POLL_MS);
  }
}

/**
 * Waits as {@link settlePool} does, then looks at each server connection.
 * @param url the service role's URL of the pooler
 * @returns how many server connections there are
 * @throws {Error} that says what was found on which of them, or that one stayed at work
 */
export async function surveyPool(
  admin: ClientBase,
  url: string,
  waitMs: number = WAIT_MS,
): Promise<number> {
  await settlePool(admin, waitMs);
  const deadline = performance.now() + waitMs;
  const seen = new Map<string, string>();
  const held: RawClient[] = [];
  const isOneMissing = async (): Promise<boolean> =>
    (await readBackends(admin)).some(({ pid }) => !seen.has(pid));
  try {
    while (await isOneMissing()) {
      if (performance.now() > deadline) throw new Error("not every server connection was reached");
      const client = await RawClient.open(url);
      held.push(client);
      const begun = client.ask(`begin;${STATE}`);
      begun.catch(() => {});
      const answer = await Promise.race([begun, setTimeout(TURN_MS)]);
      if (answer === undefined) await client.destroy();
      const [pid, left] = answer?.rows[0] ?? [];
      if (pid) seen.set(pid, left ?? "");
    }
    // In order, so that no server connection is thrown away for its client's end.
    for (const client of held) await client.ask("rollback").catch(() => {});
  } finally {
    await Promise.all(held.map((client) => client.destroy()));
  }
  const problems = [...seen].filter(([, left]) => left !== "");
  if (problems.length > 0) {
    throw new Error(problems.map(([pid, left]) => `server connection ${pid}: ${left}`).join("; "));
  }
  return seen.size;
}

async function readBackends(admin: ClientBase): Promise<readonly Backend[]> {
  return (await admin.query<Backend>(BACKENDS)).rows;
}
