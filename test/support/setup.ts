// What mocha runs before and after all tests: once in the process that was started, and once in each that runs
// test files beside it. A missing part fails here, before any test.

import process from "node:process";
import { closePrinted, findLeaks, flushPrinted, openPrinted } from "./program/printed.ts";
import { CHROMIUM, findPackagedProgram, PGBOUNCER } from "./server/debian-package.ts";
import { makeCluster } from "./server/cluster.ts";
import { openRun, type Run } from "./program/run.ts";
import { startServer, stopServer } from "./server/server.ts";

const START_TIMEOUT_MS = 60_000;

let run: Run | undefined;
let started: Promise<void> | undefined;

/** In the first process alone: https://mochajs.org/features/global-fixtures/. */
export async function mochaGlobalSetup(): Promise<void> {
  requirePassword(process.env["TEST_DATABASE_URL"]);
  run = openRun({ inMemory: true });
  openPrinted();
  for (const program of [PGBOUNCER, CHROMIUM]) await findPackagedProgram(program);
  await makeCluster();
}

/** Some tests log in as the given superuser over TCP, and look for its password in what was printed. */
function requirePassword(url: string | undefined): void {
  if (!url || new URL(url).password !== "") return;
  throw new Error(
    "Cannot test on TEST_DATABASE_URL: it has no password; give the superuser one and write it into the URL",
  );
}

/** See {@link mochaGlobalSetup}. It fails the run when a program has printed a secret. */
export async function mochaGlobalTeardown(): Promise<void> {
  const leaks = findLeaks(closePrinted());
  try {
    await stopServer();
  } finally {
    await run?.close();
  }
  if (leaks.length > 0) {
    throw new Error(`The suite printed secrets:\n${leaks.slice(0, 20).join("\n")}`);
  }
}

/**
 * In each process, before each file where files run side by side:
 * https://mochajs.org/features/root-hook-plugins/. Each process has a server of its own, so that what
 * belongs to a server and not to a database, such as roles, is the business of one file at a time.
 */
export const mochaHooks: Mocha.RootHookObject = {
  async beforeAll(this: Mocha.Context) {
    this.timeout(START_TIMEOUT_MS);
    await (started ??= startServer());
  },
  afterAll: flushPrinted,
};
