// Rowhouse on Node as it was before telemetry: nothing of OpenTelemetry is loaded, nor asked for.

import process from "node:process";
import { createApp } from "../../../src/example/app.ts";
import { readOptions } from "../../../src/config.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { createLog } from "../../../src/log.ts";
import { createLineWriter, serve } from "../../../src/runtime/node-server.ts";

const options = readOptions(process.env);
const log = createLog(options.logLevel, createLineWriter());
serve({
  tenancy: createApp({ log, ...options }),
  database: openDatabase(options.database),
  log,
  port: Number(process.env["PORT"]),
});
