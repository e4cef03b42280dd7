// Rowhouse's own share of a request, with a database that answers at once: without HTTP, the driver and
// PostgreSQL what telemetry adds is not lost in their noise. Sends as many requests as REQUESTS says, after three
// quarters as many that do not count, and prints the CPU time of one in µs.

import process from "node:process";
import { createApp } from "../../../src/example/app.ts";
import type { Database } from "../../../src/database/database.ts";
import { withCount } from "../../../src/database/values/rows.ts";
import { createLog } from "../../../src/log.ts";
import type { Telemetry } from "../../../src/telemetry/telemetry.ts";
import { hostOf } from "../names.ts";

const TENANTS = 50;
const KEYS = 1000;
const REQUESTS = Number(process.env["REQUESTS"]);
const AT_ONCE = 16;
const METRICS = { port: readPort(process.env["METRICS_PORT"]), host: "127.0.0.1", maxTenants: 100 };

const log = createLog("silent", () => {});
const app = createApp({ log, telemetry: await openTelemetry() });
let sent = 0;
const database: Database = {
  send: async () => ({
    entered: { enter_tenant: `t${(sent % TENANTS) + 1}` },
    results: [withCount([{ value: sent }], { command: "SELECT" })],
  }),
  transaction: () => Promise.reject(new Error("Cannot begin: no route needs it")),
  close: async () => {},
};

await send(REQUESTS * 0.75);
const before = process.cpuUsage();
await send(REQUESTS);
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${(user + system) / REQUESTS}\n`, () => process.exit(0));

async function openTelemetry(): Promise<Telemetry | undefined> {
  if (process.env["TELEMETRY"] === "absent") return undefined;
  const entry = await import("../../../src/runtime/node-telemetry.ts");
  return (await entry.openTelemetry(process.env, METRICS, log)).telemetry;
}

async function send(count: number): Promise<void> {
  for (let done = 0; done < count; done += AT_ONCE) {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, sendOne));
    if (answers.some(({ status }) => status !== 200)) throw new Error("Cannot measure: an error");
    await new Promise(setImmediate); // what is exported leaves, as it does between requests
  }
}

function sendOne(): Promise<Response> {
  sent += 1;
  const url = `http://localhost/data/get/${sent % KEYS}`;
  const headers = { host: hostOf((sent % TENANTS) + 1) };
  return app.fetch(new Request(url, { headers }), database);
}

function readPort(text: string | undefined): number | undefined {
  return text ? Number(text) : undefined;
}
