// What one piece of work costs: its time, the CPU of the programs that it starts and of PostgreSQL, and the most memory
// that a server connection of a verb had.

import pg from "pg";
import { readEndedChildrenCpuUs, readServerCpuUs } from "../machine/cpu.ts";
import { readOwnKiB } from "../growth/backend.ts";

/** The cost of one piece of work. */
export interface Cost {
  readonly seconds: number;
  /** CPU of the programs that it started, in seconds. */
  readonly verbCpu: number;
  /** CPU of all processes of PostgreSQL, in seconds. */
  readonly serverCpu: number;
  /** The most memory of one connection of a verb, in MiB, as far as it was seen; 0 without a verb. */
  readonly connectionMiB: number;
}

const POLL_MS = 50;

/** Measures work on a server. The caller closes it. */
export interface Meter {
  measure(work: () => Promise<unknown>): Promise<Cost>;
  close(): Promise<void>;
}

/**
 * Opens a meter.
 * @param url of the database in which the work is done
 * @param postmaster the process of the server
 */
export async function openMeter(url: string, postmaster: number): Promise<Meter> {
  const client = new pg.Client(url);
  await client.connect();
  const readMost = async (): Promise<number> => {
    const { rows } = await client.query<{ pid: number }>(
      "select pid from pg_stat_activity where application_name = 'rowhouse-admin' and datname = current_database()",
    );
    const sizes = await Promise.all(rows.map(({ pid }) => readOwnKiB(pid).catch(() => 0)));
    return Math.max(0, ...sizes) / 1024;
  };
  return {
    async measure(work) {
      let connectionMiB = 0;
      let polling: Promise<void> = Promise.resolve();
      const before = [await readEndedChildrenCpuUs(), await readServerCpuUs(postmaster)] as const;
      const started = performance.now();
      const timer = setInterval(() => {
        polling = polling.then(async () => {
          connectionMiB = Math.max(connectionMiB, await readMost());
        });
      }, POLL_MS);
      try {
        await work();
      } finally {
        clearInterval(timer);
      }
      const seconds = (performance.now() - started) / 1000;
      await polling;
      const verbCpu = ((await readEndedChildrenCpuUs()) - before[0]) / 1e6;
      const serverCpu = ((await readServerCpuUs(postmaster)) - before[1]) / 1e6;
      return { seconds, verbCpu, serverCpu, connectionMiB };
    },
    close: () => client.end(),
  };
}
