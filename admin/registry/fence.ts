// A change of the registry applies to every message that begins after it. This waits for the messages that
// began before, so that the next step cannot run beside one of them.

import { setTimeout } from "node:timers/promises";
import { readRows, type Registry } from "./registry.ts";

const POLL_MS = 10;
const LONGEST_POLL_MS = 500;

// A transaction holds the lock on its own virtual id from its first moment to its last.
// https://www.postgresql.org/docs/current/view-pg-locks.html
const RUNNING = `
  select l.virtualtransaction as id
    from pg_catalog.pg_locks as l
    join pg_catalog.pg_stat_activity as a on a.pid = l.pid
    join pg_catalog.pg_roles as r on r.oid = a.usesysid
    join rowhouse.installation as i on i.service_role = r.rolname
    join pg_catalog.pg_database as d on d.oid = a.datid
   where l.locktype = 'virtualxid' and l.granted and d.datname = current_database()`;

/**
 * Waits until every transaction of the service role that runs now in this database has ended. Call it
 * after the change has been committed, outside a transaction.
 * @param timeoutMs maximum wait
 * @returns how many transactions still ran after the wait; 0 when all have ended
 */
export async function waitForRunning(registry: Registry, timeoutMs: number): Promise<number> {
  const read = async (): Promise<string[]> => {
    const rows = await readRows<{ id: string }>(registry, RUNNING);
    return rows.map(({ id }) => id);
  };
  const deadline = performance.now() + timeoutMs;
  let left = await read();
  for (let pauseMs = POLL_MS; left.length > 0 && performance.now() < deadline; pauseMs *= 2) {
    await setTimeout(Math.min(pauseMs, LONGEST_POLL_MS));
    const running = new Set(await read());
    left = left.filter((id) => running.has(id));
  }
  return left.length;
}
