// The entry for Node: reads the environment, opens the database, serves.

import process from "node:process";
import { createApp } from "./example/app.ts";
import { readConfig } from "./config.ts";
import { openDatabase } from "./database/database.ts";
import { createLog } from "./log.ts";
import { createLineWriter, serve } from "./runtime/node-server.ts";
import { openTelemetry } from "./runtime/node-telemetry.ts";
import { ConfigError } from "./environment.ts";

try {
  const config = readConfig(process.env);
  const log = createLog(config.LOG_LEVEL, createLineWriter());
  const exporting = await openTelemetry(process.env, config, log);
  const { telemetry } = exporting;
  const database = openDatabase(config);
  telemetry?.observe(database);
  serve({ tenancy: createApp({ log, telemetry, config }), database, log, config, exporting });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
