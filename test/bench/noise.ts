// npm run bench:noise: what a tenant notices of another that asks for everything: the other's statements
// wait for a row without end, or its lists of 1000 pairs come from 64 clients at once. Beside it the same
// tenant alone, in turns; every answer is checked. Ctrl-C ends what it started.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import process from "node:process";
import { parseArgs } from "node:util";
import pg from "pg";
import { openRun } from "../support/program/run.ts";
import { hostOf, schemaOf, valueOf } from "./names.ts";
import type { Openings } from "./part.ts";
import { type Program, startProgram } from "./program.ts";
import { openBenchStage } from "./stage.ts";

const GREEDY = 1;
const QUICK = 2;
const CLIENTS = 4;
const HOLDERS = 200;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    "tenant-max-in-flight": { type: "string", default: "64" },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);

const interruption = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interruption.abort());
const run = openRun();
const openings: Openings = [];
const agent = new Agent({ keepAlive: true, maxSockets: 1000 });
try {
  const { signal } = interruption;
  const stage = await openBenchStage({ tenants: 2, keys: 1000, openings, signal });
  const env = {
    DATABASE_URL: stage.serviceUrl,
    LOG_LEVEL: "silent",
    TENANT_MAX_IN_FLIGHT: values["tenant-max-in-flight"],
  };
  const service = await startProgram("../../src/node.js", env);
  openings.push(() => service.stop());
  const figures: Record<string, number[]> = { alone: [], waits: [], lists: [] };
  await measure(service); // warm
  for (let round = 0; round < rounds; round += 1) {
    signal.throwIfAborted();
    figures["alone"]?.push(await measure(service));
    figures["waits"]?.push(await whileWaiting(service, stage.adminUrl));
    figures["lists"]?.push(await whileListing(service));
  }
  const medians = Object.entries(figures).map(([name, found]) => {
    return [name, found.toSorted((a, b) => a - b)[Math.floor(found.length / 2)] ?? 0] as const;
  });
  const alone = medians[0]?.[1] ?? 1;
  for (const [name, p99] of medians) {
    process.stdout.write(`${name}: p99 ${p99.toFixed(2)} ms, ${(p99 / alone).toFixed(2)} times\n`);
  }
} finally {
  agent.destroy();
  for (const close of openings.toReversed()) await close().catch(() => {});
  await run.close();
}

/** The 99th percentile of the quick tenant's reads, in milliseconds. */
async function measure({ port }: Program): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  const read = async (): Promise<void> => {
    for (let key = 1; performance.now() < end; key = (key % 1000) + 1) {
      const since = performance.now();
      const { status, text } = await send(port, QUICK, "GET", `/data/get/${key}`);
      times.push(performance.now() - since);
      if (status !== 200 || text !== JSON.stringify({ value: valueOf(QUICK, key) })) {
        throw new Error(`Cannot go on: key ${key} was answered ${status} ${text}`);
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, read));
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
}

/** The same, while as many writes of the other tenant as are let in wait for a row. */
async function whileWaiting(service: Program, adminUrl: string): Promise<number> {
  const holder = new pg.Client(adminUrl);
  await holder.connect();
  await holder.query("begin");
  await holder.query(`select from ${schemaOf(GREEDY)}.data where key = 1 for update`);
  const body = JSON.stringify({ value: 1 });
  const writes = Array.from({ length: HOLDERS }, () =>
    send(service.port, GREEDY, "PUT", "/data/1", body),
  );
  try {
    return await measure(service);
  } finally {
    await holder.end();
    await Promise.all(writes);
  }
}

/** The same, while 64 clients of the other tenant read its longest lists. */
async function whileListing(service: Program): Promise<number> {
  const parameters = ["-t", "2", "-c", "64", "-d", `${seconds + 1}s`];
  const url = `http://127.0.0.1:${service.port}/data?limit=1000`;
  const load = spawn("wrk", [...parameters, "-H", `Host: ${hostOf(GREEDY)}`, url]);
  const ended = once(load, "close");
  try {
    return await measure(service);
  } finally {
    await ended;
  }
}

function send(
  port: number,
  tenant: number,
  method: string,
  path: string,
  body?: string,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host: hostOf(tenant) };
    const outgoing = request(
      { host: "127.0.0.1", port, method, path, headers, agent },
      (incoming) => {
        incoming
          .setEncoding("utf8")
          .toArray()
          .then(
            (parts) => resolve({ status: incoming.statusCode ?? 0, text: parts.join("") }),
            reject,
          );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
