// What one server connection of PostgreSQL pays and keeps for each tenant that it meets: it reads the
// tenant's tables into its own memory the first time, and gives that back only when it is closed.

import { readFile } from "node:fs/promises";
import { RawClient } from "../../../admin/conformance/raw-client.ts";
import { valueOf } from "../names.ts";
import { recordMessage } from "../systems/floors/message.ts";
import { runCommands } from "../../support/server/commands.ts";

/** What was found. Times are PostgreSQL's CPU time of one message. */
export interface Backend {
  /** The first message for a tenant on this connection, in microseconds. */
  readonly firstUs: number;
  /** A later one, with all tenants in turn. */
  readonly laterUs: number;
  /** Memory of its own before the first tenant, in KiB. */
  readonly emptyKiB: number;
  /** The same after all of them. */
  readonly fullKiB: number;
  /** The first message after a tenant was added, in milliseconds: it reads all memberships anew. */
  readonly afterAddMs: number;
}

// Reading the memberships comes with a connection's first message, not with a tenant.
const WARM_UP = 50;
const LATER_MESSAGES = 2000;
const ADDS = 5;
// So that a tenant's number follows neither from its place in the catalogs nor from the one before.
const STRIDE = 7919;

/** What {@link measureBackend} needs to know. */
export interface BackendOptions {
  /** Straight to PostgreSQL, as the service's role. */
  readonly url: string;
  readonly adminUrl: string;
  readonly serviceRole: string;
  readonly tenants: number;
  readonly signal: AbortSignal;
}

/** Opens a connection, reads a key of each tenant, and again, and closes it. */
export async function measureBackend(options: BackendOptions): Promise<Backend> {
  const { url, tenants, signal } = options;
  const client = await RawClient.open(url);
  try {
    const [[text = null] = []] = (await client.ask("select pg_backend_pid()")).rows;
    const pid = Number(text);
    const message = await recordMessage();
    const touch = async (tenant: number): Promise<void> => {
      signal.throwIfAborted();
      const { rows, error } = await client.ask(message(tenant, 1));
      if (rows.at(-1)?.[0] === String(valueOf(tenant, 1))) return;
      throw new Error(
        `Cannot read of tenant ${tenant}: the answer is ${error ?? JSON.stringify(rows)}`,
      );
    };
    const measure = async (from: number, count: number): Promise<number> => {
      const before = await readBusyUs(pid);
      for (let index = 0; index < count; index += 1) {
        await touch((((from + index) * STRIDE) % tenants) + 1);
      }
      return ((await readBusyUs(pid)) - before) / count;
    };
    await measure(0, 1);
    for (let count = 0; count < WARM_UP; count += 1) await touch(1);
    const emptyKiB = await readOwnKiB(pid);
    const firstUs = await measure(1, tenants - 1);
    const fullKiB = await readOwnKiB(pid);
    const laterUs = await measure(1, Math.max(LATER_MESSAGES, tenants));
    const after: number[] = [];
    for (let count = 0; count < ADDS; count += 1) {
      await addMembership(options);
      after.push((await measure(1, 1)) / 1000);
    }
    const afterAddMs = after.toSorted((a, b) => a - b)[Math.floor(ADDS / 2)] ?? 0;
    return { firstUs, laterUs, emptyKiB, fullKiB, afterAddMs };
  } finally {
    await client.destroy();
  }
}

/**
 * Memory that a process has allocated, in KiB, without the buffers that PostgreSQL's processes share.
 * https://man7.org/linux/man-pages/man5/proc_pid_smaps.5.html
 */
export async function readOwnKiB(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Anonymous:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0);
}

/** What a new tenant changes for a connection that knows all the others. */
function addMembership({ adminUrl, serviceRole }: BackendOptions): Promise<unknown> {
  return runCommands(adminUrl, [
    "begin",
    "create role bench_membership nologin noinherit",
    `grant bench_membership to ${serviceRole}`,
    "commit",
    "drop role bench_membership",
  ]);
}

/** Microseconds on a processor: https://docs.kernel.org/scheduler/sched-stats.html */
async function readBusyUs(pid: number): Promise<number> {
  const [nanoseconds] = (await readFile(`/proc/${pid}/schedstat`, "utf8")).split(" ");
  return Number(nanoseconds) / 1000;
}
