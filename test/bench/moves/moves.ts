// npm run bench:moves: two PostgreSQL servers, one service, tenants under load, a part of them moved there and back; then
// one of the servers killed, and what tenants of the other notice. Ctrl-C ends what it started.

import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createAdmin } from "../../../admin/library/create-admin.ts";
import type { Admin } from "../../../admin/library/contract/contract.ts";
import { openRegistry } from "../../../admin/registry/registry.ts";
import { openOwnServer, type OwnServer } from "../../support/server/own-server.ts";
import { openRun } from "../../support/program/run.ts";
import { hostOf, schemaOf } from "../names.ts";
import { startProgram } from "../program.ts";
import { type Figures, Load } from "./load.ts";

const { values } = parseArgs({
  options: {
    tenants: { type: "string", default: "200" },
    moves: { type: "string", default: "50" },
    clients: { type: "string", default: "8" },
    "down-seconds": { type: "string", default: "5" },
  },
});
const [tenants, moves, clients] = [values.tenants, values.moves, values.clients].map(Number);
const AT_ONCE = 2;

/** Moves the first tenants, a few at once, and returns how long each took in milliseconds. */
async function moveAll(admin: Admin, to: string, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  let next = 1;
  const hand = async (): Promise<void> => {
    for (; next <= count;) {
      const schemaName = schemaOf(next);
      next += 1;
      const since = performance.now();
      await admin.moveTenant(schemaName, { to });
      times.push(performance.now() - since);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, hand));
  return times.toSorted((one, other) => one - other);
}

function print(what: string, figures: Figures): void {
  const { requests, failures, longestReadMs, longestWriteMs, p99Ms, foreign, twice } = figures;
  const failed = Object.entries(failures).map(([kind, count]) => `${count} × ${kind}`);
  process.stdout.write(
    `${what}: ${requests} requests, failures ${failed.length === 0 ? "none" : failed.join(", ")}, ` +
      `p99 ${p99Ms.toFixed(1)} ms, longest read ${longestReadMs.toFixed(0)} ms, longest write ` +
      `${longestWriteMs.toFixed(0)} ms, foreign ${foreign}, applied twice ${twice}\n`,
  );
}

/** Counts acknowledged values that the tenants' databases do not have. */
async function countLost(
  admin: Admin,
  places: Readonly<Record<string, OwnServer>>,
  written: Load["written"],
): Promise<number> {
  let lost = 0;
  for (const [tenant, pairs] of written) {
    const schemaName = schemaOf(tenant);
    const database = (await admin.findTenant(schemaName))?.database ?? "home";
    const rows = await places[database]?.sql<{ key: number; value: number }>(
      `select key, value from "${schemaName}".data`,
    );
    const found = new Map((rows ?? []).map(({ key, value }) => [key, value]));
    for (const [key, value] of pairs) if (found.get(key) !== value) lost += 1;
  }
  return lost;
}

const interruption = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interruption.abort());
const run = openRun();
const closers: (() => Promise<unknown>)[] = [];
try {
  const numbers = Array.from({ length: tenants ?? 0 }, (_, index) => index + 1);
  const hosts = Object.fromEntries(numbers.map((number) => [schemaOf(number), hostOf(number)]));
  const home = await openOwnServer(hosts);
  closers.push(() => home.remove());
  const eu = await openOwnServer({});
  closers.push(() => eu.remove());
  const registry = await openRegistry(home.adminUrl, { databases: new Map([["eu", eu.adminUrl]]) });
  closers.push(registry.close);
  const admin = createAdmin(registry, registry.close);
  const env = {
    DATABASE_URL: home.serviceUrl,
    DATABASE_URL_EU: eu.serviceUrl,
    DATABASE_CONNECTIONS: "8",
    LOG_LEVEL: "silent",
  };
  const service = await startProgram("../../src/node.js", env);
  closers.push(() => service.stop());
  const [clientCount, tenantCount, moveCount] = [clients ?? 0, tenants ?? 0, moves ?? 0];

  const load = new Load(service.port, clientCount, tenantCount);
  await setTimeout(2000);
  print("quiet", load.take());
  for (const to of ["eu", "home"]) {
    interruption.signal.throwIfAborted();
    const times = await moveAll(admin, to, moveCount);
    print(`${moveCount} moves to ${to}`, load.take());
    const median = times[Math.floor(times.length / 2)] ?? 0;
    process.stdout.write(
      `  a move: median ${median.toFixed(0)} ms, longest ${(times.at(-1) ?? 0).toFixed(0)} ms\n`,
    );
  }
  await load.stop();
  const lost = await countLost(admin, { home, eu }, load.written);
  const acknowledged = [...load.written.values()].reduce((sum, { size }) => sum + size, 0);
  process.stdout.write(`acknowledged writes: ${acknowledged}, lost: ${lost}\n`);

  const away = Math.min(10, moveCount);
  await moveAll(admin, "eu", away);
  const rest = new Load(service.port, clientCount, tenantCount, (tenant) => tenant > away);
  const downMs = Number(values["down-seconds"]) * 1000;
  await setTimeout(downMs);
  print("both servers up, tenants at home", rest.take());
  await eu.kill();
  await setTimeout(downMs);
  print("server eu killed, tenants at home", rest.take());
  await eu.start();
  await rest.stop();
  process.exitCode = lost === 0 ? 0 : 1;
} finally {
  for (const close of closers.toReversed()) await close().catch(() => {});
  await run.close();
}
