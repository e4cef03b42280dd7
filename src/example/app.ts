// The routes of the example application, and the two by which a platform looks after it. openapi.ts
// describes them to clients.

import { Router } from "itty-router";
import type { Config } from "../config.ts";
import * as data from "./data.ts";
import type { Exchange } from "../http/exchange.ts";
import { describeApi } from "./openapi/description.ts";
import {
  createTenancy,
  type Tenancy,
  type TenancyParts,
  type TenancyRouter,
  withTenant,
} from "../http/tenancy.ts";

/** Builds the service. It opens nothing and closes nothing. */
export function createApp(parts: Omit<TenancyParts, "router">): Tenancy {
  return createTenancy({ router: createRoutes(parts.config), ...parts });
}

/** The routes alone. */
export function createRoutes(config: Pick<Config, "MAX_BODY_BYTES">): TenancyRouter {
  return Router<Exchange>()
    .get("/healthz", () => ({ status: "ok" }))
    .get("/readyz", answerReady)
    .post("/data/insert/:key/:value", withTenant, data.insertPair)
    .get("/data/get/:key", withTenant, data.getValue)
    .get("/data/:key", withTenant, data.getDatedValue)
    .put("/data/:key", withTenant, data.putValue)
    .delete("/data/:key", withTenant, data.deleteKey)
    .get("/data", withTenant, data.listPairs)
    .post("/data", withTenant, data.insertPairs)
    .get("/openapi.json", describeOnce(config));
}

/** Its bytes are made by the first request, so that a Worker's start does not wait for them. */
function describeOnce(config: Pick<Config, "MAX_BODY_BYTES">): () => Response {
  let bytes: BodyInit | undefined;
  return () => {
    bytes ??= new TextEncoder().encode(JSON.stringify(describeApi(config)));
    return new Response(bytes, { headers: { "content-type": "application/json" } });
  };
}

async function answerReady({ admit, database }: Exchange): Promise<unknown> {
  admit();
  await database.send("select 1");
  return { status: "ready" };
}
