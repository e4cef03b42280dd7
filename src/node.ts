// The entry for Node: reads the environment, opens the database, serves.

import process from "node:process";
import { createApp } from "./app.ts";
import { type Config, readConfig } from "./config.ts";
import { openDatabase } from "./database.ts";
import { createLog } from "./log.ts";
import { createLineWriter, serve } from "./node-server.ts";
import { ConfigError } from "./variable.ts";

const config = readConfigOrExit();
const log = createLog(config.LOG_LEVEL, createLineWriter());
serve({ tenancy: createApp({ log, config }), database: openDatabase(config), log, config });

function readConfigOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
