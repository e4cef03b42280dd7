// One request and its answer, as a handler sees them. A handler never sees the database, the limits or the
// runtime's own request as it came.

import type { Tenant } from "../tenant.ts";
import { boundBody, readJson } from "./body.ts";
import type { Visit } from "./admission.ts";
import type { Database } from "../database/database.ts";
import type { Share } from "../database/shares.ts";
import type { Host } from "../host.ts";
import type { Limits } from "./limits.ts";

/** One request, for every handler. itty-router fills in `params`, `query` and `route`. */
export interface Exchange {
  /** The request; its body fails when it is larger or slower than the limits allow. */
  readonly request: Request;
  /** The method; GET for a HEAD, whose answer goes without its body. */
  readonly method: string;
  /** The URL; its host is always `localhost`, because the Host header alone names the tenant. */
  readonly url: string;
  /** Stands in the answer's `x-request-id` and in the log. */
  readonly requestId: string;
  /** The path's parameters, decoded. */
  params: Record<string, string>;
  /** The query's parameters; an array for one that comes more than once. */
  query: Record<string, string | string[] | undefined>;
  /** The path pattern of the route. */
  route?: string | undefined;
  /**
   * Reads the body as JSON. While it arrives, the request takes no place among those in progress.
   * @throws {AppError} BODY_TOO_LARGE, BODY_TIMEOUT, BODY_INVALID; OVERLOADED, TENANT_BUSY when it has arrived
   *   and the places are taken
   */
  readonly readJson: () => Promise<unknown>;
}

/** One request of a tenant, for the handlers behind `withTenant`. */
export interface TenantExchange extends Exchange {
  /** The tenant of the request's host. */
  readonly tenant: Tenant;
  /** The request's host in its normal form, with its port. */
  readonly host: string;
}

/** What the stages of a tenancy need of a request, and handlers do not see. */
export interface Stages {
  /** As the runtime gave it. */
  readonly request: Request;
  readonly database: Database;
  readonly limits: Limits;
  readonly trustProxy: boolean;
  readonly visit: Visit;
  /** What a request of the host counts as. */
  shareOf(host: Host): Share;
  /** The request's host, once it was read. */
  host: Host | undefined;
  /** The tenant's schema, once a message entered it. */
  schemaName: string | undefined;
  tenant: Tenant | undefined;
}

/** The exchange itself. */
export class ServedExchange implements TenantExchange {
  readonly method: string;
  readonly url: string;
  readonly requestId: string;
  query: Record<string, string | string[] | undefined> = {};
  route: string | undefined;
  readonly #stages: Stages;
  #bounded: Request | undefined;
  #params: Record<string, string> = {};

  constructor(requestId: string, stages: Stages) {
    this.#stages = stages;
    this.requestId = requestId;
    const { method, url } = stages.request;
    this.method = method === "HEAD" ? "GET" : method;
    this.url = `http://localhost${url.slice(url.indexOf("/", url.indexOf("//") + 2))}`;
  }

  /**
   * The stages' side of an exchange.
   * @throws {TypeError} for an exchange that no tenancy made
   */
  static stagesOf(exchange: Exchange): Stages {
    if (#stages in exchange) return exchange.#stages;
    throw new TypeError("Cannot serve: the exchange was not made by a tenancy");
  }

  get request(): Request {
    return (this.#bounded ??= boundBody(this.#stages.request, this.#stages.limits));
  }

  get params(): Record<string, string> {
    return this.#params;
  }

  set params(params: Record<string, string>) {
    this.#params = decodeParams(params);
  }

  get readJson(): () => Promise<unknown> {
    const { visit, limits, request } = this.#stages;
    return () => visit.aside(() => readJson(this.#bounded ?? request, limits));
  }

  get tenant(): Tenant {
    return this.#stages.tenant ?? withoutTenant("tenant");
  }

  get host(): string {
    return this.#stages.host?.text ?? withoutTenant("host");
  }
}

function withoutTenant(name: string): never {
  throw new TypeError(
    `Cannot read "${name}" of the exchange: the route has no tenant; put withTenant before its handler`,
  );
}

/** A parameter that is not percent-encoded UTF-8 stays as it came: no parser accepts its "%". */
function decodeParams(params: Readonly<Record<string, string>>): Record<string, string> {
  const decoded: Record<string, string> = {};
  for (const [name, text] of Object.entries(params)) {
    try {
      decoded[name] = text.includes("%") ? decodeURIComponent(text) : text;
    } catch {
      decoded[name] = text;
    }
  }
  return decoded;
}
