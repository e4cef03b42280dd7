// The stage and the handler that an application puts into its routes.

import { parseHost } from "../host.ts";
import { createTenant } from "../tenant.ts";
import { checkContentLength } from "./body.ts";
import { type Exchange, ServedExchange } from "./exchange.ts";

/**
 * The stage that gives a route its tenant; put it before the handler. It does not send anything: the handler's first
 * statement looks the tenant up. A forwarded host counts only behind a trusted proxy. A header that comes twice
 * arrives as values joined by commas, which is not a valid host.
 * @throws {AppError} OVERLOADED, TENANT_BUSY, HOST_INVALID, BODY_TOO_LARGE
 * @example
 * ```ts
 * import { Router } from "itty-router";
 * import { type Exchange, type TenantExchange, withTenant } from "rowhouse";
 *
 * const listNotes = ({ tenant }: TenantExchange) => tenant`select id, text from note order by id`;
 *
 * export const router = Router<Exchange>().get("/notes", withTenant, listNotes);
 * ```
 */
export function withTenant(exchange: Exchange): void {
  const stages = ServedExchange.stagesOf(exchange);
  const { database, limits, trustProxy, visit, request } = stages;
  // Before the host is read: a service that is full must not spend time on it.
  visit.admit();
  const forwarded = trustProxy ? request.headers.get("x-forwarded-host") : null;
  const host = parseHost(forwarded ?? request.headers.get("host") ?? "");
  stages.host = host;
  const share = stages.shareOf(host);
  visit.admit(share);
  stages.tenant = createTenant(database, host, {
    owner: share,
    signal: request.signal,
    entered: (schemaName) => {
      stages.schemaName = schemaName;
    },
  });
  if (exchange.method !== "GET") checkContentLength(request, limits);
}

/**
 * Handles a route that reports whether the database answers, such as `/readyz`, on any host.
 * @throws {AppError} OVERLOADED, DATABASE_UNAVAILABLE
 * @example
 * ```ts
 * import { Router } from "itty-router";
 * import { type Exchange, ready } from "rowhouse";
 *
 * export const router = Router<Exchange>().get("/readyz", ready);
 * ```
 */
export async function ready(exchange: Exchange): Promise<{ readonly status: "ready" }> {
  const { database, visit, request } = ServedExchange.stagesOf(exchange);
  visit.admit();
  await database.send({ statements: ["select 1"], signal: request.signal });
  return { status: "ready" };
}
