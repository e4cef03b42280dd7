// The stages and the handler that an application puts into its routes.

import type { TenantName } from "../entry.ts";
import { AppError } from "../errors.ts";
import type { Share } from "../database/pool/shares.ts";
import { createShared, createTenant, type TenantOptions } from "../tenant.ts";
import { checkContentLength } from "./body.ts";
import {
  type Exchange,
  ServedExchange,
  type SharedExchange,
  type Stages,
  type TenantExchange,
} from "./exchange.ts";

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
export function withTenant(exchange: Exchange): asserts exchange is TenantExchange {
  const stages = ServedExchange.stagesOf(exchange);
  const { trustProxy, visit, request } = stages;
  // Before the host is read: a service that is full must not spend time on it.
  visit.admit();
  const forwarded = trustProxy ? request.headers.get("x-forwarded-host") : null;
  giveTenant(exchange, stages, stages.readHost(forwarded ?? request.headers.get("host") ?? ""));
}

/** What `find` of {@link withTenantBy} gives: a host, or the name of a schema; undefined when there is neither. */
export type FoundTenant = string | { readonly schema: unknown } | undefined;

/**
 * Makes a stage as {@link withTenant} whose tenant `find` names: by a part of the path, a header, or a claim of a token
 * that `find` has verified. The database decides whether the tenant exists; a tenant may not need a host. What `find`
 * throws is the answer, and a request that it finds no tenant for gets TENANT_NOT_FOUND. A name that is not verified is
 * the client's choice: everybody may then ask for every tenant, as everybody may with a host.
 * @returns the stage; it throws as {@link withTenant} does, and TENANT_NOT_FOUND
 * @example
 * ```ts
 * import { Router } from "itty-router";
 * import { type Exchange, type TenantExchange, withTenantBy } from "rowhouse";
 *
 * const byPath = withTenantBy(({ params }) => ({ schema: params["tenant"] }));
 * const listNotes = ({ tenant }: TenantExchange) => tenant`select id, text from note order by id`;
 *
 * export const router = Router<Exchange>().get("/:tenant/notes", byPath, listNotes);
 * ```
 */
export function withTenantBy(
  find: (exchange: Exchange) => FoundTenant | Promise<FoundTenant>,
): (exchange: Exchange) => Promise<void> {
  return async (exchange) => {
    const stages = ServedExchange.stagesOf(exchange);
    stages.visit.admit();
    giveTenant(exchange, stages, toName(await find(exchange), stages));
  };
}

/**
 * The stage of a route without a tenant: its handler gets `shared`, a tag that reads the shared schemas, 10 seconds at
 * most for a statement. It reaches no table of a tenant, and it writes nothing. All such requests of a service count for
 * one share, as if they were one tenant's.
 * @throws {AppError} OVERLOADED, TENANT_BUSY, BODY_TOO_LARGE
 * @example
 * ```ts
 * import { Router } from "itty-router";
 * import { type Exchange, type SharedExchange, withoutTenant } from "rowhouse";
 *
 * const listPlans = ({ shared }: SharedExchange) => shared`select name, price from plan order by price`;
 *
 * export const router = Router<Exchange>().get("/plans", withoutTenant, listPlans);
 * ```
 */
export function withoutTenant(exchange: Exchange): asserts exchange is SharedExchange {
  const stages = ServedExchange.stagesOf(exchange);
  const { database, limits, visit, request } = stages;
  visit.admit(SHARED);
  stages.shared = createShared(database, new Caller(stages, SHARED));
  if (exchange.method !== "GET") checkContentLength(request, limits);
}

// No tenant and no host has this name.
const SHARED = { key: "/" };

function toName(found: FoundTenant, stages: Stages): TenantName {
  if (typeof found === "string") return stages.readHost(found);
  const schema = found?.schema;
  if (typeof schema === "string") return { schema };
  throw new AppError("TENANT_NOT_FOUND", "Cannot resolve tenant: the request does not name one");
}

function giveTenant(exchange: Exchange, stages: Stages, name: TenantName): void {
  const { database, limits, visit, request } = stages;
  stages.name = name;
  const share = stages.shareOf(name);
  visit.admit(share);
  const known = stages.schemaOf(name);
  stages.tenant = createTenant<unknown>(database, name, new Caller(stages, share, known));
  if (exchange.method !== "GET") checkContentLength(request, limits);
}

/** The request that a tenant's messages are sent for. A class, because an object with a getter costs microseconds. */
class Caller implements TenantOptions<unknown> {
  readonly owner: Share;
  readonly known: string | undefined;
  readonly #stages: Stages;

  constructor(stages: Stages, owner: Share, known?: string) {
    this.owner = owner;
    this.known = known;
    this.#stages = stages;
  }

  /** Aborted when the client leaves. It counts until the handler has answered; Deno aborts it then, too. */
  get signal(): AbortSignal | undefined {
    const { isAnswered, request } = this.#stages;
    return isAnswered ? undefined : request.signal;
  }

  get readSettings(): Stages["readSettings"] {
    return this.#stages.readSettings;
  }

  entered(schemaName: string): void {
    this.#stages.schemaName = schemaName;
  }
}
