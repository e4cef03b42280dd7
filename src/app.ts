// The routes of the example application, and the two by which a platform looks after it. The only file
// that knows URLs.

import { Router } from "itty-router";
import * as data from "./data.ts";
import type { Exchange } from "./exchange.ts";
import { createTenancy, type Tenancy, type TenancyParts, withTenant } from "./tenancy.ts";

/** Builds the service. It opens nothing and closes nothing. */
export function createApp(parts: Omit<TenancyParts, "router">): Tenancy {
  const router = Router<Exchange>();
  router
    .get("/healthz", () => ({ status: "ok" }))
    .get("/readyz", answerReady)
    .post("/data/insert/:key/:value", withTenant, data.insertPair)
    .get("/data/get/:key", withTenant, data.getValue)
    .get("/data/:key", withTenant, data.getValue)
    .put("/data/:key", withTenant, data.putValue)
    .delete("/data/:key", withTenant, data.deleteKey)
    .get("/data", withTenant, data.listPairs)
    .post("/data", withTenant, data.insertPairs);
  return createTenancy({ router, ...parts });
}

async function answerReady({ admit, database }: Exchange): Promise<unknown> {
  admit();
  await database.send("select 1");
  return { status: "ready" };
}
