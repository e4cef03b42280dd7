// The HTTP API of the admin library, on the pieces of the service: its router, bounds, errors, log and drain.

import { Router } from "itty-router";
import type { Exchange } from "../../src/http/exchange.ts";
import { LIMITS, type Limits } from "../../src/http/limits.ts";
import type { TenancyRouter } from "../../src/http/handle.ts";
import { createTenancy, type Parts, type Tenancy } from "../../src/http/tenancy.ts";
import { describeApi } from "./description/description.ts";
import { createHandlers, type TenantParts } from "./tenants.ts";

/** The limits of the API: a request is small, and one that creates a tenant takes a connection of the admin role. */
export const API_LIMITS: Limits = { ...LIMITS, inFlight: 16, bodyBytes: 65_536 };

/** The parts of {@link createApi}. */
export type ApiParts = TenantParts & Pick<Parts, "telemetry">;

/** Builds the API. It does not open or close anything, and it sends nothing to the database that `fetch` gets. */
export function createApi({ telemetry, ...parts }: ApiParts): Tenancy {
  const { log } = parts;
  return createTenancy({ router: createRoutes(parts), log, telemetry, limits: API_LIMITS });
}

/** The routes alone. */
export function createRoutes(parts: TenantParts): TenancyRouter {
  const { guard } = parts.door;
  const tenants = createHandlers(parts);
  const description = JSON.stringify(describeApi(API_LIMITS.bodyBytes));
  return Router<Exchange>()
    .get("/healthz", () => ({ status: "ok" }))
    .get(
      "/openapi.json",
      () => new Response(description, { headers: { "content-type": "application/json" } }),
    )
    .get("/tenants", guard("read", tenants.list))
    .post("/tenants", guard("create", tenants.create))
    .get("/tenants/:schemaName", guard("read", tenants.read))
    .patch("/tenants/:schemaName", guard("status", tenants.change))
    .put("/tenants/:schemaName/hosts/:host", guard("hosts", tenants.addHost))
    .delete("/tenants/:schemaName/hosts/:host", guard("hosts", tenants.removeHost))
    .post("/tenants/:schemaName/suspend", guard("status", tenants.suspend))
    .post("/tenants/:schemaName/resume", guard("status", tenants.resume))
    .patch("/tenants/:schemaName/settings", guard("settings", tenants.setSettings));
}
