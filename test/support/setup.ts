// What mocha runs once before and after all tests. A missing part fails here, before any test.

import { closePrinted, findLeaks, openPrinted } from "./printed.ts";
import { CHROMIUM, findPackagedProgram, PGBOUNCER } from "./debian-package.ts";
import { openRun, type Run } from "./run.ts";
import { startServer, stopServer } from "./server.ts";

let run: Run | undefined;

/** See https://mochajs.org/features/global-fixtures/. */
export async function mochaGlobalSetup(): Promise<void> {
  run = openRun();
  openPrinted();
  for (const program of [PGBOUNCER, CHROMIUM]) await findPackagedProgram(program);
  await startServer();
}

/** See {@link mochaGlobalSetup}. */
export async function mochaGlobalTeardown(): Promise<void> {
  await stopServer();
  await run?.close();
}

/** The last test of every run: https://mochajs.org/next/features/root-hook-plugins/. */
export const mochaHooks: { afterAll(): void } = {
  afterAll(): void {
    const leaks = findLeaks(closePrinted());
    if (leaks.length > 0)
      throw new Error(`The suite printed secrets:\n${leaks.slice(0, 20).join("\n")}`);
  },
};
