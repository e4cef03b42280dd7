import { createLog, createTenancy, openDatabase, readConfig } from "rowhouse";
import { router } from "./app.ts";

const config = readConfig(Deno.env.toObject());
const log = createLog(config.LOG_LEVEL, (line) => console.info(line.trimEnd()));
const database = openDatabase(config);
const tenancy = createTenancy({ router, log, config });

Deno.addSignalListener("SIGTERM", async () => {
  await tenancy.drain();
  await database.close(1);
  Deno.exit(0);
});

export default { fetch: (request: Request) => tenancy.fetch(request, database) };
