// Finds out whether clients share server connections: several clients ask which backend answers them, often enough
// that two of them meet on one, even with a pooler of several processes or one that rotates its server connections.

import { databaseCode } from "../registry/database-code.ts";
import type { OpenProbe, Probe } from "./probe.ts";

// With this many clients two are in one process, unless the pooler has at least as many processes.
const MOST_CLIENTS = 12;
const ROUNDS = 3;
const REUSES = 8;
const TURN_MS = 300;
const ONLOOKERS = 3;

/** The observations of the clients. */
export interface Sharing {
  /** Whether two clients had one backend, or one client had two. */
  readonly shared: boolean;
  /** All opened clients, in the order of opening. */
  readonly clients: readonly Probe[];
}

/** Opens clients until two have met on a backend, or enough have tried. */
export async function findSharing(open: OpenProbe, first: Probe): Promise<Sharing> {
  const clients = [first];
  const ownerOf = new Map<number, Probe>();
  const backendOf = new Map<Probe, number>();
  const meets = async (probe: Probe): Promise<boolean> => {
    const backend = await probe.backend();
    const [owner, other] = [ownerOf.get(backend), backendOf.get(probe)];
    ownerOf.set(backend, owner ?? probe);
    backendOf.set(probe, other ?? backend);
    return (owner ?? probe) !== probe || (other ?? backend) !== backend;
  };
  // Twice in a row: a pooler that rotates its connections gives another one.
  const meetsTwice = async (probe: Probe): Promise<boolean> =>
    (await meets(probe)) || (await meets(probe));
  if (await meetsTwice(first)) return { shared: true, clients };
  while (clients.length < MOST_CLIENTS) {
    const next = await openNext(open);
    if (next === undefined) break;
    clients.push(next);
    if (await meetsTwice(next)) return { shared: true, clients };
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const client of clients) if (await meets(client)) return { shared: true, clients };
  }
  return { shared: false, clients };
}

/** Opens another client; undefined when the pooler does not accept it, or does not answer in time. */
async function openNext(open: OpenProbe): Promise<Probe | undefined> {
  try {
    const probe = await open();
    await probe.backend();
    return probe;
  } catch {
    return undefined;
  }
}

/**
 * Whether a transaction and its savepoint persist in the client's next message, on a backend that other clients do
 * not get meanwhile. A pooler in statement mode refuses the first message, or gives the backend away after it.
 */
export async function holdsTransaction(probe: Probe, others: readonly Probe[]): Promise<boolean> {
  const backend = "select pg_catalog.pg_backend_pid() as pid";
  try {
    const [begun] = await probe.query<{ pid: number }>(`begin;savepoint rowhouse_probe;${backend}`);
    const seen = await Promise.all(
      others.slice(0, ONLOOKERS).map((other) => soon(other.backend())),
    );
    const [kept] = await probe.query<{ pid: number }>(
      `rollback to savepoint rowhouse_probe;${backend}`,
    );
    await probe.query("commit");
    return begun !== undefined && kept?.pid === begun.pid && !seen.includes(begun.pid);
  } catch {
    return false;
  }
}

/** The answer if it arrives soon; a client that waits for a server connection longer is ignored. */
async function soon<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>(
    (resolve) => (timer = setTimeout(resolve, TURN_MS, undefined)),
  );
  try {
    return await Promise.race([answer.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Whether a new client gets a backend that is older than the client, which only a pooler can do.
 * @param clock any client of the same server
 */
export async function isReused(open: OpenProbe, clock: Probe): Promise<boolean> {
  for (let turn = 0; turn < REUSES; turn += 1) {
    const [now] = await clock.query<{ now: string }>(
      "select pg_catalog.clock_timestamp()::text as now",
    );
    let probe: Probe;
    try {
      probe = await open();
    } catch (error) {
      if (databaseCode(error) === undefined) throw error;
      return false; // there are no more of them
    }
    const [row] = await probe.query<{ old: boolean }>(
      `select backend_start < '${now?.now}' as old from pg_catalog.pg_stat_activity
        where pid = pg_catalog.pg_backend_pid()`,
    );
    await probe.close();
    if (row?.old === true) return true;
  }
  return false;
}
