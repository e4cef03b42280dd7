// How often a request goes to the database and back, on each runtime, and what that costs when the
// database is far away: `node test/bench/round-trips.js`. It ends with 1 when a warm Node or Deno takes
// more than one turn, or a Worker more than its connection's start-up and one.

import process from "node:process";
import { RUNTIMES } from "../../admin/runtime/runtime.ts";
import { type OwnServer, openOwnServer } from "../support/own-server.ts";
import { openDistance } from "../support/distance.ts";
import { startPgBouncer } from "../support/pgbouncer.ts";
import { redirect } from "../support/redirect.ts";
import { startRuntime } from "../support/runtime.ts";
import { SERVICE_PASSWORD, SERVICE_ROLE } from "../support/server.ts";
import { hostOf, schemaOf, valueOf } from "./names.ts";
import { read, startProgram } from "./program.ts";

const DELAY_MS = 20;
const ROUNDS = 3;
const WARM_REQUESTS = 9;
const TENANT = 1;
const KEY = 1;
const RECIPE_ROLE = "recipe";
// TCP's handshake; the startup packet; the two messages of SCRAM.
const START_UP = 4;

interface Service {
  readonly name: string;
  readonly role: string;
  /** How many turns a request may take that is not the first; undefined: as many as it likes. */
  readonly warmTurns?: number;
  start(databaseUrl: string): Promise<{ readonly port: number; stop(): Promise<void> }>;
}

const SERVICES: readonly Service[] = [
  ...RUNTIMES.map((runtime) => ({
    name: { node: "Node", deno: "Deno", worker: "Worker" }[runtime],
    role: SERVICE_ROLE,
    warmTurns: runtime === "worker" ? START_UP + 1 : 1,
    start: (url: string) => startRuntime(runtime, { DATABASE_URL: url }),
  })),
  {
    name: "usual recipe on Node",
    role: RECIPE_ROLE,
    start: (url) =>
      startProgram("./systems/recipe.js", {
        DATABASE_URL: url,
        HOSTS: JSON.stringify({ [hostOf(TENANT)]: schemaOf(TENANT) }),
      }),
  },
];

interface Figures {
  readonly coldTurns: number;
  readonly coldMs: number;
  readonly warmTurns: number;
  readonly warmMs: number;
}

const server = await openOwnServer({ [schemaOf(TENANT)]: hostOf(TENANT) });
try {
  await fill(server);
  const pgbouncer = await startPgBouncer({
    serverPort: server.port,
    users: { [SERVICE_ROLE]: SERVICE_PASSWORD, [RECIPE_ROLE]: SERVICE_PASSWORD },
    poolSize: 4,
  });
  try {
    const ways = { PostgreSQL: server.port, PgBouncer: pgbouncer.port };
    process.stdout.write(
      `${DELAY_MS} ms each way, ${ROUNDS} processes each: the most turns, and the median of the time; ` +
        "opening a connection to the database is a turn, too\n\n" +
        "| service | database | cold turns | cold ms | warm turns | warm ms |\n" +
        "| --- | --- | ---: | ---: | ---: | ---: |\n",
    );
    for (const service of SERVICES) {
      for (const [way, port] of Object.entries(ways)) {
        const { coldTurns, coldMs, warmTurns, warmMs } = await measure(service, server, port);
        const cells = [service.name, way, coldTurns, ms(coldMs), warmTurns, ms(warmMs)];
        process.stdout.write(`| ${cells.join(" | ")} |\n`);
        if (warmTurns > (service.warmTurns ?? warmTurns)) process.exitCode = 1;
      }
    }
  } finally {
    await pgbouncer.stop();
  }
} finally {
  await server.remove();
}

/** A role that may read the tenant's table by itself, as the recipe needs, and a row to read. */
async function fill({ sql }: OwnServer): Promise<void> {
  const schema = schemaOf(TENANT);
  await sql(
    `create role ${RECIPE_ROLE} login password '${SERVICE_PASSWORD}'`,
    `insert into ${schema}.data values (${KEY}, ${valueOf(TENANT, KEY)})`,
    `grant usage on schema ${schema} to ${RECIPE_ROLE}`,
    `grant select on ${schema}.data to ${RECIPE_ROLE}`,
  );
}

/** Starts the service anew in each round; so its first request is a cold one. */
async function measure(service: Service, server: OwnServer, port: number): Promise<Figures> {
  const cold: Request[] = [];
  const warm: Request[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const distance = await openDistance(port, DELAY_MS);
    const url = new URL(redirect(server.serviceUrl, distance.port));
    url.username = service.role;
    const running = await service.start(url.href);
    try {
      cold.push(await ask(running.port, distance));
      for (let number = 0; number < WARM_REQUESTS; number += 1) {
        warm.push(await ask(running.port, distance));
      }
    } finally {
      await running.stop();
      await distance.close();
    }
  }
  return {
    coldTurns: Math.max(...cold.map(({ turns }) => turns)),
    coldMs: median(cold.map(({ tookMs }) => tookMs)),
    warmTurns: Math.max(...warm.map(({ turns }) => turns)),
    warmMs: median(warm.map(({ tookMs }) => tookMs)),
  };
}

interface Request {
  readonly turns: number;
  readonly tookMs: number;
}

async function ask(port: number, distance: { readonly turns: number }): Promise<Request> {
  const before = distance.turns;
  const began = performance.now();
  const answer = await read(port, hostOf(TENANT), `/data/${KEY}`);
  const tookMs = performance.now() - began;
  if (answer !== JSON.stringify({ value: valueOf(TENANT, KEY) })) {
    throw new Error(`Cannot count turns: the service answers ${answer}`);
  }
  return { turns: distance.turns - before, tookMs };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function ms(value: number): string {
  return value.toFixed(0);
}
