// What bounds the memory of PostgreSQL: the pooler closes a server connection that is old enough, and the
// next one begins with nothing. https://www.pgbouncer.org/config.html#server_lifetime

import { runCommands } from "../../support/server/commands.ts";
import { median } from "../requests/median.ts";
import { readOwnKiB } from "./backend.ts";
import type { Size } from "./size.ts";

/** A pool under load, by its size and the age at which a connection is closed. */
export interface Lifetime {
  readonly poolSize: number;
  readonly lifetimeSeconds: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** PostgreSQL's CPU time, per request. */
  readonly postgresUs: number;
  /** Memory of the service's connections of their own: of the largest, and of all together. */
  readonly largestMiB: number;
  readonly allMiB: number;
}

/** Pools and ages in seconds; the last is what PgBouncer has by default. */
export const LIFETIMES: readonly { readonly poolSize: number; readonly lifetimeSeconds: number }[] =
  [4, 16].flatMap((poolSize) =>
    [5, 20, 3600].map((lifetimeSeconds) => ({ poolSize, lifetimeSeconds })),
  );

const STRETCH_SECONDS = 5;
const STRETCHES = 5;

/** Runs uniform traffic, the worst there is, through each of the pools, from new connections on. */
export async function measureLifetimes(
  size: Size,
  say: (text: string) => void,
): Promise<readonly Lifetime[]> {
  const { pgbouncer } = size.stage;
  const found: Lifetime[] = [];
  for (const { poolSize, lifetimeSeconds } of LIFETIMES) {
    await pgbouncer.console(`SET default_pool_size = ${poolSize}`);
    await pgbouncer.console(`SET server_lifetime = ${lifetimeSeconds}`);
    await pgbouncer.console("RECONNECT");
    await size.load("uniform", STRETCH_SECONDS);
    const rounds = [];
    for (let stretch = 1; stretch <= STRETCHES; stretch += 1) {
      rounds.push(await size.load("uniform", STRETCH_SECONDS));
    }
    const memory = await readMemory(size);
    found.push({
      poolSize,
      lifetimeSeconds,
      requestsPerSecond: median(rounds.map((round) => round.requestsPerSecond)),
      p50Ms: median(rounds.map((round) => round.p50Ms)),
      p99Ms: median(rounds.map((round) => round.p99Ms)),
      postgresUs: median(rounds.map((round) => round.postgresUs)),
      ...memory,
    });
    say(`pool of ${poolSize}, server_lifetime ${lifetimeSeconds} s`);
  }
  return found;
}

async function readMemory({ stage }: Size): Promise<Pick<Lifetime, "largestMiB" | "allMiB">> {
  const rows = await runCommands<{ pid: number }>(stage.adminUrl, [
    `select pid from pg_stat_activity where usename = '${stage.serviceRole}'`,
  ]);
  // One may have been closed meanwhile.
  const sizes = await Promise.all(rows.map(({ pid }) => readOwnKiB(pid).catch(() => 0)));
  return {
    largestMiB: Math.max(0, ...sizes) / 1024,
    allMiB: sizes.reduce((sum, size) => sum + size, 0) / 1024,
  };
}
