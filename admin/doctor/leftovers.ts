// Observes what a transaction pooler does with a client's leftovers on a server connection: a setting with a random
// value, and a prepared statement. Both are removed afterwards.

import { databaseCode } from "../registry/database-code.ts";
import type { OpenProbe, Probe } from "./probe.ts";

/** The fate of a client's setting and of its prepared statement. */
export interface Leftovers {
  /** Whether another client saw the setting; undefined when other clients did not reach the server connection. */
  readonly settingLeaks: boolean | undefined;
  /** Whether a client found its own setting gone; undefined as before. */
  readonly settingIsLost: boolean | undefined;
  /** Whether a statement prepared by name existed in the client's next transaction. */
  readonly preparedSurvives: boolean;
  /** False when the setting could not be removed. */
  readonly undone: boolean;
}

const MOST_HELD = 8;
const MOST_IN_VAIN = 2;
// Other clients may be using the very server connection that the doctor looks for.
const ATTEMPTS = 4;
// A pooler that uses its connections in turn reaches it again.
const MOST_TURNS = 500;

/** Leaves both, looks for them, and removes them. */
export async function readLeftovers(
  open: OpenProbe,
  first: Probe,
  token: string,
): Promise<Leftovers> {
  const name = `rowhouse_probe_${token}`;
  await first.query("begin");
  const marked = await first.backend();
  await first.query(`set rowhouse.probe = '${token}'`);
  await first.prepared(name, "select 1");
  await first.query("commit");
  let holder: Probe | undefined;
  for (let attempt = 0; holder === undefined && attempt < ATTEMPTS; attempt += 1) {
    holder = await holdBackend(open, marked);
  }
  if (holder === undefined) {
    const undone = await takeBack(first, marked, name);
    const preparedSurvives = await isPrepared(first, name);
    return { settingLeaks: undefined, settingIsLost: undefined, preparedSurvives, undone };
  }
  const settingLeaks = (await readSetting(holder)) === token;
  // While that server connection is held, the first client gets another one, unless the pool has only one.
  const later = await readSetting(first).catch((error: unknown) => {
    if (databaseCode(error) !== undefined) throw error;
    return token;
  });
  const settingIsLost = later !== token;
  const preparedSurvives = !settingIsLost || (await isPrepared(first, name));
  await holder.query("reset rowhouse.probe");
  const prepared = `select from pg_catalog.pg_prepared_statements where name = '${name}'`;
  if ((await holder.query(prepared)).length > 0) await holder.query(`deallocate ${name}`);
  await holder.query("commit");
  return { settingLeaks, settingIsLost, preparedSurvives, undone: true };
}

/** Reads the setting in this client's next message. */
export async function readSetting(probe: Probe): Promise<string | undefined> {
  const [row] = await probe.query<{ value: string | null }>(
    "select pg_catalog.current_setting('rowhouse.probe', true) as value",
  );
  return row?.value ?? undefined;
}

/** Whether a statement prepared by name exists for this client. */
export async function isPrepared(probe: Probe, name: string): Promise<boolean> {
  try {
    await probe.prepared(name, "select 1");
    return true;
  } catch {
    return false;
  }
}

/** A client with a transaction on this server connection; undefined when other clients use it. */
async function holdBackend(open: OpenProbe, backend: number): Promise<Probe | undefined> {
  const held: Probe[] = [];
  let found: Probe | undefined;
  let inVain = 0;
  while (found === undefined && held.length < MOST_HELD && inVain < MOST_IN_VAIN) {
    const probe = await open().catch(() => undefined);
    if (probe === undefined) break; // there are no more of them
    try {
      await probe.query("begin");
    } catch {
      // It waited in vain: in a pooler of several processes, the next may reach another one.
      await probe.close();
      inVain += 1;
      continue;
    }
    if ((await probe.backend()) === backend) found = probe;
    else held.push(probe);
  }
  for (const probe of held) await probe.query("commit");
  return found;
}

/** Asks until that server connection answers, and removes everything in the same message; it may also have ended. */
async function takeBack(probe: Probe, backend: number, name: string): Promise<boolean> {
  const text = `do $$ begin
      if pg_catalog.pg_backend_pid() = ${backend} then
        reset rowhouse.probe;
        if exists (select from pg_catalog.pg_prepared_statements where name = '${name}') then
          execute 'deallocate ${name}';
        end if;
      end if;
    end $$;
    select pg_catalog.pg_backend_pid() as pid,
      exists (select from pg_catalog.pg_stat_activity where pid = ${backend}) as lives`;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const [row] = await probe.query<{ pid: number; lives: boolean }>(text);
    if (row?.pid === backend || row?.lives === false) return true;
  }
  return false;
}
