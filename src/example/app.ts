// The routes of the example application, with two for the platform's health checks. The folder `openapi` describes
// them to clients.

import { Router } from "itty-router";
import {
  createTenancy,
  type Exchange,
  LIMITS,
  type Parts,
  ready,
  type Tenancy,
  type TenancyRouter,
  withTenant,
} from "../index.ts";
import * as data from "./data.ts";
import { describeApi } from "./openapi/description.ts";

/** Builds the application. It does not open or close anything. */
export function createApp(parts: Parts): Tenancy {
  const { bodyBytes } = { ...LIMITS, ...parts.limits };
  return createTenancy({ router: createRoutes(bodyBytes), ...parts });
}

/**
 * The routes alone.
 * @param bodyBytes the largest request body, for the description
 */
export function createRoutes(bodyBytes: number): TenancyRouter {
  return Router<Exchange>()
    .get("/healthz", () => ({ status: "ok" }))
    .get("/readyz", ready)
    .post("/data/insert/:key/:value", withTenant, data.insertPair)
    .get("/data/get/:key", withTenant, data.getValue)
    .get("/data/:key", withTenant, data.getDatedValue)
    .put("/data/:key", withTenant, data.putValue)
    .delete("/data/:key", withTenant, data.deleteKey)
    .get("/data", withTenant, data.listPairs)
    .post("/data", withTenant, data.insertPairs)
    .get("/openapi.json", describeOnce(bodyBytes));
}

/** The first request creates the bytes, so that a Worker's start does not wait for them. */
function describeOnce(bodyBytes: number): () => Response {
  let bytes: BodyInit | undefined;
  return () => {
    bytes ??= new TextEncoder().encode(JSON.stringify(describeApi(bodyBytes)));
    return new Response(bytes, { headers: { "content-type": "application/json" } });
  };
}
