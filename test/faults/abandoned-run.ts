// A run that starts what a run starts, prints what there is then, and never ends by itself.

import process from "node:process";
import { createTestDatabase } from "../support/database/database.ts";
import { openRun } from "../support/program/run.ts";
import { POSTMASTER, startServer } from "../support/server/server.ts";
import { startService } from "../support/program/service.ts";

/** What was started. */
export interface Started {
  readonly folder: string;
  readonly pids: readonly number[];
}

const { folder } = openRun();
await startServer();
const database = await createTestDatabase();
const pgbouncer = await database.startPgBouncer({ poolSize: 1 });
const service = await startService(pgbouncer.serviceUrl);
const [server] = await database.sql<{ pid: number }>(POSTMASTER);
const pids = [server?.pid, pgbouncer.pid, service.child.pid].map((pid) => pid ?? 0);
const started: Started = { folder, pids };
process.stdout.write(`${JSON.stringify(started)}\n`);
