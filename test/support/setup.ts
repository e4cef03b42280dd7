// What mocha runs once before and after all tests. A missing part fails here, before any test.

import { requirePgBouncer } from "./pgbouncer.ts";
import { startServer, stopServer } from "./server.ts";

/** See https://mochajs.org/features/global-fixtures/. */
export async function mochaGlobalSetup(): Promise<void> {
  await requirePgBouncer();
  await startServer();
}

/** See {@link mochaGlobalSetup}. */
export async function mochaGlobalTeardown(): Promise<void> {
  await stopServer();
}
