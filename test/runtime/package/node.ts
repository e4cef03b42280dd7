import { createLog, createTenancy, openDatabase, readConfig } from "rowhouse";
import { createLineWriter, serve } from "rowhouse/node";
import { router } from "./app.js";

const config = readConfig(process.env);
const log = createLog(config.LOG_LEVEL, createLineWriter());
const database = openDatabase(config);
serve({ tenancy: createTenancy({ router, log, config }), database, log, config });
