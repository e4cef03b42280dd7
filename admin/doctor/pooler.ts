// What is between a client and PostgreSQL, judged by how it behaves with several clients at once. What is set
// is a setting that nobody else knows, and it is reset on the server connection that has it.

import { randomBytes } from "node:crypto";
import { databaseCode } from "../registry/database-code.ts";
import type { OpenProbe, Probe } from "./probe.ts";

/** What is in between, and whose a server connection is: a session's, a transaction's, a statement's. */
export type PoolerMode = "none" | "session" | "transaction" | "statement";

/** How it behaves. */
export interface PoolerBehaviour {
  readonly mode: PoolerMode;
  /** Whether one client's setting was seen by another. */
  readonly settingLeaks: boolean;
  /** Whether a client found its own setting gone. */
  readonly settingIsLost: boolean;
  /** Whether a statement prepared by name was there for the client's next transaction. */
  readonly preparedSurvives: boolean;
  readonly startupParameters: "accepted" | "ignored" | "refused";
  /** False when the setting could not be taken back. */
  readonly undone: boolean;
}

const ROUNDS = 6;
const MOST_HELD = 4;
// Others may be using the very server connection that is looked for.
const ATTEMPTS = 4;

/** Looks at how the connections behave. */
export async function readPooler(open: OpenProbe): Promise<PoolerBehaviour> {
  const startupParameters = await tryStartup(open);
  const first = await open();
  const own = await first.backend();
  const direct = first.keyProcess === own;
  const second = await openSecond(open);
  // One server connection for each client, and there are no more of them.
  if (second === undefined) return { ...(await readSession(first, "session")), startupParameters };
  if (!(await isShared(first, second))) {
    return { ...(await readSession(first, direct ? "none" : "session")), startupParameters };
  }
  const holds = await holdsTransaction(open);
  if (!holds) {
    const unknown = { settingLeaks: true, settingIsLost: true, preparedSurvives: false };
    return { mode: "statement", ...unknown, undone: true, startupParameters };
  }
  return { ...(await readShared(open, first)), startupParameters };
}

async function tryStartup(open: OpenProbe): Promise<PoolerBehaviour["startupParameters"]> {
  try {
    const probe = await open("-c rowhouse.probe=started");
    const value = await readSetting(probe);
    return value === "started" ? "accepted" : "ignored";
  } catch (error) {
    // protocol_violation is PgBouncer's answer; without that setting, the next connection tells more.
    if (databaseCode(error) === undefined) throw error;
    return "refused";
  }
}

async function openSecond(open: OpenProbe): Promise<Probe | undefined> {
  const probe = await open();
  try {
    await probe.backend();
    return probe;
  } catch (error) {
    if (databaseCode(error) !== undefined) throw error;
    return undefined; // it waited in vain
  }
}

/** Whether the two clients take turns on one server connection. */
async function isShared(first: Probe, second: Probe): Promise<boolean> {
  const seen = [new Set<number>(), new Set<number>()] as const;
  for (let round = 0; round < ROUNDS; round += 1) {
    seen[0].add(await first.backend());
    seen[1].add(await second.backend());
  }
  const both = [...seen[0]].some((backend) => seen[1].has(backend));
  return both || seen[0].size > 1 || seen[1].size > 1;
}

async function holdsTransaction(open: OpenProbe): Promise<boolean> {
  const probe = await open();
  try {
    await probe.query("begin");
    await probe.query("commit");
    return true;
  } catch {
    return false;
  }
}

async function readSession(
  probe: Probe,
  mode: "none" | "session",
): Promise<Omit<PoolerBehaviour, "startupParameters">> {
  const name = `rowhouse_probe_${randomBytes(6).toString("hex")}`;
  await probe.prepared(name, "select 1");
  await probe.prepared(name, "select 1");
  await probe.query(`deallocate ${name}`);
  return { mode, settingLeaks: false, settingIsLost: false, preparedSurvives: true, undone: true };
}

async function readShared(
  open: OpenProbe,
  first: Probe,
): Promise<Omit<PoolerBehaviour, "startupParameters">> {
  const token = randomBytes(6).toString("hex");
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
    const unknown = { settingLeaks: true, settingIsLost: true, preparedSurvives: false };
    return { mode: "transaction", ...unknown, undone: false };
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
  return { mode: "transaction", settingLeaks, settingIsLost, preparedSurvives, undone: true };
}

/** A client with a transaction on this server connection; undefined when others are using it. */
async function holdBackend(open: OpenProbe, backend: number): Promise<Probe | undefined> {
  const held: Probe[] = [];
  let found: Probe | undefined;
  while (found === undefined && held.length < MOST_HELD) {
    const probe = await open();
    try {
      await probe.query("begin");
    } catch (error) {
      if (databaseCode(error) !== undefined) throw error;
      break; // it waited in vain
    }
    if ((await probe.backend()) === backend) found = probe;
    else held.push(probe);
  }
  for (const probe of held) await probe.query("commit");
  return found;
}

async function readSetting(probe: Probe): Promise<string | undefined> {
  const [row] = await probe.query<{ value: string | null }>(
    "select pg_catalog.current_setting('rowhouse.probe', true) as value",
  );
  return row?.value ?? undefined;
}

async function isPrepared(probe: Probe, name: string): Promise<boolean> {
  try {
    await probe.prepared(name, "select 1");
    return true;
  } catch {
    return false;
  }
}
