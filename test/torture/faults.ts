// The faults: one at a time, and after each the time until every service answers again.

import { setTimeout } from "node:timers/promises";
import { hostOf } from "../support/traffic.ts";
import { SERVICE_ROLE } from "../support/server.ts";
import { until } from "../support/until.ts";
import { send } from "./clients.ts";
import { inRounds } from "./rounds.ts";
import type { TortureStage } from "./stage.ts";
import type { World } from "./world.ts";

/** How long, how often and how hard. */
export interface Pace {
  readonly signal: AbortSignal;
  readonly rounds: number;
  /** The longest quiet between a recovery and the next fault, in milliseconds. */
  readonly quietMs: number;
}

interface Chance {
  /** Milliseconds up to a limit. */
  readonly ms: (limit: number) => number;
  /** One of the two places of the network, or one of the two directions. */
  readonly side: <T>(two: readonly [T, T]) => T;
}

type FaultOf = (stage: TortureStage, chance: Chance) => Promise<void>;

const CUTS = 8;
const DIRECTIONS = ["client", "server"] as const;

/** Service connections within a transaction, between two of its messages. */
const AT_WORK = `from pg_stat_activity
  where usename = '${SERVICE_ROLE}' and state = 'idle in transaction'`;

const FAULTS: Readonly<Record<string, FaultOf>> = {
  async "kill postgres"({ server }, { ms }) {
    await server.kill();
    await setTimeout(ms(800));
    await server.start();
  },
  async "restart pgbouncer"(stage, { ms, side }) {
    await stage.endPgBouncer(side(["stop", "kill"]));
    await setTimeout(ms(500));
    await stage.startPgBouncer();
  },
  async "terminate connections"({ server }) {
    await server.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${SERVICE_ROLE}'`,
    );
  },
  async "terminate transactions"({ server }) {
    for (let ended = 0; ended < CUTS; ended += 1) {
      await until("no transaction is at work", async () => {
        const found = await server.sql(`select pg_terminate_backend(pid) ${AT_WORK} limit 1`);
        return found.length > 0;
      });
    }
  },
  async "reset in mid-transaction"({ server, proxies }, { side }) {
    const proxy = side(proxies);
    await until("no transaction is at work", async () => {
      return (await server.sql(`select ${AT_WORK}`)).length > 0;
    });
    proxy.reset();
  },
  async stall({ proxies }, { ms, side }) {
    const proxy = side(proxies);
    proxy.stall();
    await setTimeout(ms(2500));
    proxy.resume();
  },
  async "stall and reset"({ proxies }, { ms, side }) {
    const proxy = side(proxies);
    proxy.stall();
    await setTimeout(ms(1500));
    proxy.reset();
    proxy.resume();
  },
  async reset({ proxies }, { side }) {
    side(proxies).reset();
  },
  async "half-close"({ proxies }, { side }) {
    side(proxies).halfClose(side(DIRECTIONS));
  },
  async "cut a frame to the client"({ proxies }, { side }) {
    await cut(side(proxies), "client");
  },
  async "cut a frame to the server"({ proxies }, { side }) {
    await cut(side(proxies), "server");
  },
  async delay({ proxies }, { ms, side }) {
    const proxy = side(proxies);
    proxy.delayMs = 5 + ms(60);
    await setTimeout(ms(1500));
    proxy.delayMs = 0;
  },
};

/** Cuts some pieces, one after the other, each on whatever connection is the next to carry one. */
async function cut(
  proxy: TortureStage["proxies"][number],
  towards: (typeof DIRECTIONS)[number],
): Promise<void> {
  const { cuts } = proxy;
  for (let index = 1; index <= CUTS; index += 1) {
    proxy.cutNext(towards);
    await until("nothing passes that could be cut", () => proxy.cuts >= cuts + index);
  }
}

/** The kinds of faults. */
export const FAULT_KINDS: readonly string[] = Object.keys(FAULTS);

/** Injects faults, and keeps each with its times. */
export async function runFaults(
  stage: TortureStage,
  world: World,
  random: () => number,
  pace: Pace,
): Promise<void> {
  const chance: Chance = {
    ms: (limit) => Math.floor(random() * limit),
    side: ([first, second]) => (random() < 0.5 ? first : second),
  };
  await inRounds(FAULT_KINDS, random, pace, async (kind) => {
    // Its end is not known yet: what it does meanwhile is its own.
    const from = performance.now();
    await FAULTS[kind]?.(stage, chance);
    const to = performance.now();
    const recovered = await waitUntilServed(stage, world);
    world.faults.push({ kind, from, to, recovered });
    await setTimeout(chance.ms(pace.quietMs), undefined, { signal: pace.signal }).catch(() => {});
  });
}

const PROBE_PAUSE_MS = 20;
const GIVEN_UP_MS = 60_000;

/** The moment when every service has answered one request to the tenant that no verb touches. */
async function waitUntilServed(stage: TortureStage, world: World): Promise<number> {
  const since = performance.now();
  const ends = stage.services.map(async (_, service) => {
    while (performance.now() - since < GIVEN_UP_MS) {
      const asked = { client: 0, host: hostOf(1), kind: "get", tenant: 1, key: 0 } as const;
      const { status, to } = await send(stage, world, service, asked);
      if (status === 200) return to;
      await setTimeout(PROBE_PAUSE_MS);
    }
    return Infinity;
  });
  return Math.max(...(await Promise.all(ends)));
}
