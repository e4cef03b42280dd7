// npm run fuzz:http -- --minutes N --seed N: hostile requests of every kind, in turns, to the program behind npm
// start; it ends with status 1 at the first finding.

import process from "node:process";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import { openRun } from "../support/program/run.ts";
import { startServer, stopServer } from "../support/server/server.ts";
import { type ServiceProcess, startService } from "../support/program/service.ts";
import { CROWD_LIMITS, fuzzCrowds } from "./http/crowds.ts";
import { HOSTS, TRUSTED } from "./http/hosts.ts";
import { MESSAGES } from "./http/messages.ts";
import { addNamedTenants, fuzzKind, residentMegabytes } from "./http/run.ts";
import { freshSeed, readNumbers } from "./numbers.ts";

const RUNS = 100;
const CROWDS = 5;
const MAX_GROWTH_MEGABYTES = 200;
const { minutes, seed } = readNumbers({ minutes: 5, seed: freshSeed() });
const deadline = Date.now() + minutes * 60_000;
let crowds = 0;
const counts = new Map<string, Map<string, number>>();

process.stdout.write(`Seed ${seed}\n`);
const run = openRun();
await startServer();
let database: TestDatabase | undefined;
const services: ServiceProcess[] = [];
const memory = (): Promise<number[]> =>
  Promise.all(services.map(({ child }) => residentMegabytes(child.pid ?? 0)));
try {
  const fuzzed = await createTestDatabase();
  database = fuzzed;
  await addNamedTenants(database);
  const service = await startService(database.serviceUrl);
  services.push(service);
  const trusting = await startService(database.serviceUrl, { TRUST_PROXY: "true" });
  services.push(trusting);
  const crowded = await startService(database.serviceUrl, CROWD_LIMITS);
  services.push(crowded);
  const turn = async (turnSeed: number): Promise<void> => {
    for (const [kind, inputs] of Object.entries({ ...HOSTS, ...MESSAGES, ...TRUSTED })) {
      const seen = counts.get(kind) ?? new Map<string, number>();
      counts.set(kind, seen);
      const { port } = kind in TRUSTED ? trusting : service;
      await fuzzKind(port, inputs, { seed: turnSeed, runs: RUNS }, seen);
    }
    await fuzzCrowds(crowded.port, fuzzed, { seed: turnSeed, runs: CROWDS });
    crowds += 2 * CROWDS;
  };
  await turn(seed);
  const before = await memory();
  for (let next = seed + 1; Date.now() < deadline; next += 1) await turn(next);
  const after = await memory();
  process.stdout.write(
    `Memory in MB after the first turn ${before.join()}, at the end ${after.join()}\n`,
  );
  if (after.some((megabytes, at) => megabytes > (before[at] ?? 0) + MAX_GROWTH_MEGABYTES)) {
    throw new Error(`Found: memory grew by more than ${MAX_GROWTH_MEGABYTES} MB`);
  }
  if (services.some((service) => service.output().includes('"level":"error"'))) {
    throw new Error("Found: an error of the service's own in its log");
  }
} catch (error) {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
  process.stdout.write(`${String(error)}\n${cause}\n`);
  process.exitCode = 1;
} finally {
  for (const [kind, seen] of counts) {
    const list = [...seen].map(([code, count]) => `${count} ${code}`);
    process.stdout.write(`${kind}: ${list.join(", ")}\n`);
  }
  process.stdout.write(`crowds: ${crowds}\n`);
  for (const service of services) await service.stop();
  await database?.drop();
  await stopServer();
  await run.close();
}
