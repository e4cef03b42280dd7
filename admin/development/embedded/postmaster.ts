// The server process of a data folder, found through the lock file that it keeps there. A lock file outlives its
// process after SIGKILL or a crash, so the lock file alone is not proof.
// Source: src/include/utils/pidfile.h of PostgreSQL (one fact per line).

import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { isAlive, readArguments } from "./liveness.ts";

const POLL_MS = 20;

/** A server process that is alive. */
export interface Postmaster {
  readonly pid: number;
  /** The TCP port on which it listens, or will listen. */
  readonly port: number;
  /** "starting", "ready", "stopping", or "" at the very beginning. */
  readonly status: string;
}

/** Finds the server that runs on `dataFolder`; undefined when a server does not run. */
export async function findPostmaster(dataFolder: string): Promise<Postmaster | undefined> {
  const lock = await findLock(dataFolder);
  if (!lock || !(await isServer(lock.pid, dataFolder))) return undefined;
  return lock;
}

/**
 * Waits until the server that runs on `dataFolder` accepts connections.
 * @throws {Error} when the server ends, or is not ready after `timeoutMs` milliseconds
 */
export async function waitUntilReady(dataFolder: string, timeoutMs: number): Promise<void> {
  await poll(timeoutMs, `the server of "${dataFolder}" does not become ready`, async () => {
    const found = await findPostmaster(dataFolder);
    if (!found) throw new Error(`Cannot start PostgreSQL: the server of "${dataFolder}" has ended`);
    return found.status === "ready";
  });
}

/**
 * Waits until all processes of a dead server have ended, and removes its lock file where PostgreSQL would take it
 * for a living server's: when its process id now belongs to a zombie or to another program. Does nothing while a
 * server runs.
 * @throws {Error} when processes are left after `timeoutMs` milliseconds
 */
export async function clearDeadServer(dataFolder: string, timeoutMs: number): Promise<void> {
  const lock = await findLock(dataFolder);
  if (!lock || (await isServer(lock.pid, dataFolder))) return;
  await poll(timeoutMs, `processes of a dead server still use "${dataFolder}"`, async () => {
    return !(await isAttached(lock.sharedMemoryId));
  });
  if (isAlive(lock.pid)) await rm(join(dataFolder, "postmaster.pid"), { force: true });
}

/** Sends SIGKILL to the server of `dataFolder`, and waits until it and its children have ended. */
export async function killPostmaster(dataFolder: string, timeoutMs: number): Promise<void> {
  const found = await findPostmaster(dataFolder);
  if (!found) return;
  process.kill(found.pid, "SIGKILL");
  await poll(timeoutMs, `the server of "${dataFolder}" does not end`, async () => {
    return !(await isServer(found.pid, dataFolder));
  });
  await clearDeadServer(dataFolder, timeoutMs);
}

async function findLock(
  dataFolder: string,
): Promise<(Postmaster & { sharedMemoryId: string | undefined }) | undefined> {
  const text = await readFile(join(dataFolder, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n").map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const sharedMemoryId = lines[6]?.split(/\s+/)[1];
  return { pid, port: Number(lines[3]), status: lines[7] ?? "", sharedMemoryId };
}

async function isServer(pid: number, dataFolder: string): Promise<boolean> {
  return (await readArguments(pid))?.includes(dataFolder) ?? isAlive(pid);
}

/** Whether a process still uses the server's shared memory: columns 2 and 7 are its id and its number of users. */
async function isAttached(sharedMemoryId: string | undefined): Promise<boolean> {
  const table = await readFile("/proc/sysvipc/shm", "utf8").catch(() => "");
  const rows = table.split("\n").map((row) => row.trim().split(/\s+/));
  return rows.some((row) => row[1] === sharedMemoryId && Number(row[6]) > 0);
}

async function poll(timeoutMs: number, what: string, done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`Cannot wait longer: ${what} (${timeoutMs} ms)`);
    await setTimeout(POLL_MS);
  }
}
