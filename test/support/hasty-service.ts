// The program that npm start runs, with less patience: what takes it seconds to cut takes this a fraction.

import process from "node:process";
import { createApp } from "../../src/example/app.ts";
import { readConfig } from "../../src/config.ts";
import { openDatabase } from "../../src/database/database.ts";
import { createLog } from "../../src/log.ts";
import { createLineWriter, serve } from "../../src/runtime/node-server.ts";

const config = readConfig(process.env);
const log = createLog(config.LOG_LEVEL, createLineWriter());
serve({
  tenancy: createApp({ log, config }),
  database: openDatabase(config),
  log,
  config,
  timeouts: { headersMs: 400, requestMs: 1200, idleMs: 700, answerMs: 500 },
});
