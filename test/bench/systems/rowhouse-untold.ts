// Rowhouse on Node as it was before telemetry: nothing of OpenTelemetry is loaded, nor asked for.

import process from "node:process";
import { createApp } from "../../../src/example/app.ts";
import { readConfig } from "../../../src/config.ts";
import { openDatabase } from "../../../src/database/database.ts";
import { createLog } from "../../../src/log.ts";
import { createLineWriter, serve } from "../../../src/runtime/node-server.ts";

const config = readConfig(process.env);
const log = createLog(config.LOG_LEVEL, createLineWriter());
serve({ tenancy: createApp({ log, config }), database: openDatabase(config), log, config });
