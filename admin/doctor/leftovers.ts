// What a transaction pooler does with what a client leaves on a server connection: a setting that nobody else
// knows, and a prepared statement. Both are taken back.

import { databaseCode } from "../registry/database-code.ts";
import type { OpenProbe, Probe } from "./probe.ts";

/** What became of them. */
export interface Leftovers {
  /** Whether one client's setting was seen by another; undefined where no other came to it. */
  readonly settingLeaks: boolean | undefined;
  /** Whether a client found its own setting gone; undefined as before. */
  readonly settingIsLost: boolean | undefined;
  /** Whether a statement prepared by name was there for the client's next transaction. */
  readonly preparedSurvives: boolean;
  /** False when the setting could not be taken back. */
  readonly undone: boolean;
}

const MOST_HELD = 8;
// Others may be using the very server connection that is looked for.
const ATTEMPTS = 4;
// A pooler that takes its connections in turn comes to it again.
const MOST_TURNS = 500;

/** Leaves both, looks for them, and takes them back. */
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
  // While that server connection is held, the first client is given another, unless the pool has only one.
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

/** What the setting is for this client's next message. */
export async function readSetting(probe: Probe): Promise<string | undefined> {
  const [row] = await probe.query<{ value: string | null }>(
    "select pg_catalog.current_setting('rowhouse.probe', true) as value",
  );
  return row?.value ?? undefined;
}

/** Whether a statement prepared by name is there for this client. */
export async function isPrepared(probe: Probe, name: string): Promise<boolean> {
  try {
    await probe.prepared(name, "select 1");
    return true;
  } catch {
    return false;
  }
}

/** A client with a transaction on this server connection; undefined when others are using it. */
async function holdBackend(open: OpenProbe, backend: number): Promise<Probe | undefined> {
  const held: Probe[] = [];
  let found: Probe | undefined;
  while (found === undefined && held.length < MOST_HELD) {
    let probe: Probe;
    try {
      probe = await open();
      await probe.query("begin");
    } catch {
      break; // it waited in vain, or there are no more of them
    }
    if ((await probe.backend()) === backend) found = probe;
    else held.push(probe);
  }
  for (const probe of held) await probe.query("commit");
  return found;
}

/** Asks until that server connection answers, and takes everything back in the same message. */
async function takeBack(probe: Probe, backend: number, name: string): Promise<boolean> {
  const text = `do $$ begin
      if pg_catalog.pg_backend_pid() = ${backend} then
        reset rowhouse.probe;
        if exists (select from pg_catalog.pg_prepared_statements where name = '${name}') then
          execute 'deallocate ${name}';
        end if;
      end if;
    end $$; select pg_catalog.pg_backend_pid() as pid`;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const [row] = await probe.query<{ pid: number }>(text);
    if (row?.pid === backend) return true;
  }
  return false;
}
