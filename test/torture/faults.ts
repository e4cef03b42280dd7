// The faults: one at a time, and after each the time until every service answers again.

import { setTimeout } from "node:timers/promises";
import { hostOf } from "../support/traffic.ts";
import { SERVICE_ROLE } from "../support/server/server.ts";
import { until } from "../support/until.ts";
import { send } from "./clients.ts";
import { inRounds } from "./rounds.ts";
import type { TortureStage } from "./stage.ts";
import { STEADY, type World } from "./world.ts";

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
  /** One of the servers, of the places of the network, or of the two directions. */
  readonly one: <T>(list: readonly [T, ...T[]]) => T;
}

type FaultOf = (stage: TortureStage, chance: Chance) => Promise<void>;

const CUTS = 8;
const DIRECTIONS = ["client", "server"] as const;

/** Service connections within a transaction, between two of its messages. */
const AT_WORK = `from pg_stat_activity
  where usename = '${SERVICE_ROLE}' and state = 'idle in transaction'`;

const FAULTS: Readonly<Record<string, FaultOf>> = {
  async "kill postgres"({ servers }, { ms, one }) {
    const server = one([servers.home, servers.eu]);
    await server.kill();
    await setTimeout(ms(800));
    await server.start();
  },
  async "restart pgbouncer"(stage, { ms, one }) {
    await stage.endPgBouncer(one(["stop", "kill"]));
    await setTimeout(ms(500));
    await stage.startPgBouncer();
  },
  async "terminate connections"({ servers }, { one }) {
    await one([servers.home, servers.eu]).sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${SERVICE_ROLE}'`,
    );
  },
  async "terminate transactions"({ servers }) {
    for (let ended = 0; ended < CUTS; ended += 1) {
      await until("no transaction is at work", async () => {
        const found = await servers.home.sql(`select pg_terminate_backend(pid) ${AT_WORK} limit 1`);
        return found.length > 0;
      });
    }
  },
  async "reset in mid-transaction"({ servers, proxies }, { one }) {
    const proxy = one(proxies);
    await until("no transaction is at work", async () => {
      return (await servers.home.sql(`select ${AT_WORK}`)).length > 0;
    });
    proxy.reset();
  },
  async stall({ proxies }, { ms, one }) {
    const proxy = one(proxies);
    proxy.stall();
    await setTimeout(ms(2500));
    proxy.resume();
  },
  async "stall and reset"({ proxies }, { ms, one }) {
    const proxy = one(proxies);
    proxy.stall();
    await setTimeout(ms(1500));
    proxy.reset();
    proxy.resume();
  },
  async reset({ proxies }, { one }) {
    one(proxies).reset();
  },
  async "half-close"({ proxies }, { one }) {
    one(proxies).halfClose(one(DIRECTIONS));
  },
  async "cut a frame to the client"({ proxies }, { one }) {
    await cut(one(proxies), "client");
  },
  async "cut a frame to the server"({ proxies }, { one }) {
    await cut(one(proxies), "server");
  },
  async delay({ proxies }, { ms, one }) {
    const proxy = one(proxies);
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
    one: (list) => list[Math.floor(random() * list.length)] ?? list[0],
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

/** The moment when every service has answered one request to the tenant of each database that no verb touches. */
async function waitUntilServed(stage: TortureStage, world: World): Promise<number> {
  const since = performance.now();
  const served = async (service: number, tenant: number): Promise<number> => {
    const asked = { client: 0, host: hostOf(tenant), kind: "get", tenant, key: 0 } as const;
    while (performance.now() - since < GIVEN_UP_MS) {
      const { status, to } = await send(stage, world, service, asked);
      if (status === 200) return to;
      await setTimeout(PROBE_PAUSE_MS);
    }
    return Infinity;
  };
  const ends = stage.services.flatMap((_, service) =>
    Object.values(STEADY).map((tenant) => served(service, tenant)),
  );
  return Math.max(...(await Promise.all(ends)));
}
