// One request and its answer, as a handler sees them. A handler never sees the database, the limits or the
// runtime's original request.

import type { Settings, TenantName } from "../entry.ts";
import type { Host } from "../host.ts";
import type { Tag } from "../query.ts";
import type { Tenant } from "../tenant.ts";
import { describeError, type Log } from "../log.ts";
import { boundBody, readJson } from "./body.ts";
import { toAppError } from "./thrown.ts";
import type { Visit } from "./admission.ts";
import type { Database } from "../database/database.ts";
import type { Share } from "../database/pool/shares.ts";
import type { Limits } from "./limits.ts";

/** One request, as every handler gets it. itty-router fills in `params`, `query` and `route`. */
export interface Exchange {
  /** The request. Its body fails when it is larger or slower than the limits allow. */
  readonly request: Request;
  /** The method; GET for a HEAD request, whose answer is sent without its body. */
  readonly method: string;
  /** The URL; its host is always `localhost`, because the Host header alone names the tenant. */
  readonly url: string;
  /** The identifier of the request, in the answer's `x-request-id` and in the log. */
  readonly requestId: string;
  /** The path's parameters, decoded. */
  params: Record<string, string>;
  /** The query's parameters; an array for one that comes more than once. */
  query: Record<string, string | string[] | undefined>;
  /** The path pattern of the route. */
  route?: string | undefined;
  /**
   * Reads the body as JSON. While the body arrives, the request does not count as in progress.
   * @throws {AppError} BODY_TOO_LARGE, BODY_TIMEOUT, BODY_INVALID; OVERLOADED, TENANT_BUSY when the body has arrived
   *   and too many requests are in progress
   */
  readonly readJson: () => Promise<unknown>;
  /**
   * Lets work go on after the answer, such as a mail or a statement that the client does not wait for. Call it before
   * the answer. When the work rejects, the log says "background work failed".
   * @throws {TypeError} when who called `tenancy.fetch` did not pass a context on
   */
  readonly waitUntil: (work: PromiseLike<unknown>) => void;
}

/** What a runtime gives with a request. */
export interface RequestContext {
  /** Keeps the process and the database until the work has ended. The work does not reject. */
  waitUntil(work: Promise<unknown>): void;
}

/** One request of a tenant, as the handlers behind `withTenant` and `withTenantBy` get it. */
export interface TenantExchange<S = Settings> extends Exchange {
  /** The tenant of the request. */
  readonly tenant: Tenant<S>;
  /** The host that named the tenant, in its normal form, with its port. Throws where a schema's name did. */
  readonly host: string;
}

/** One request without a tenant, as the handlers behind `withoutTenant` get it. */
export interface SharedExchange extends Exchange {
  /** The tag of the shared schemas; they are read-only. */
  readonly shared: Tag;
}

/** The part of a request that the stages of a tenancy need and handlers do not see. */
export interface Stages {
  /** The request as the runtime passed it. */
  readonly request: Request;
  readonly database: Database;
  readonly limits: Limits;
  readonly trustProxy: boolean;
  readonly visit: Visit;
  readonly context: RequestContext | undefined;
  readonly log: Log | undefined;
  /** Whether the handler has answered: that the client has gone then means nothing. */
  isAnswered: boolean;
  /** Turns the settings of the registry into those of the application. */
  readonly readSettings: ((settings: Settings) => unknown) | undefined;
  /** Reads a host; throws HOST_INVALID. */
  readHost(text: string): Host;
  /** The share that a request of the tenant counts for. */
  shareOf(name: TenantName): Share;
  /** The schema of the tenant that a message entered by this name; undefined for an unknown name. */
  schemaOf(name: TenantName): string | undefined;
  /** The name of the request's tenant, once a stage has found it. */
  name: TenantName | undefined;
  /** The tenant's schema, once a message has entered it. */
  schemaName: string | undefined;
  tenant: Tenant<unknown> | undefined;
  shared: Tag | undefined;
}

/** The exchange that a tenancy makes for each request. */
export class ServedExchange implements TenantExchange<unknown>, SharedExchange {
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

  get waitUntil(): (work: PromiseLike<unknown>) => void {
    const { requestId } = this;
    const { context, log } = this.#stages;
    return (work) => {
      if (context === undefined) {
        throw new TypeError(
          "Cannot outlive the answer: tenancy.fetch got no context; pass its third argument on",
        );
      }
      const watched = Promise.resolve(work).catch((thrown: unknown) => {
        const error = describeError(toAppError(thrown));
        log?.write("error", "background work failed", { requestId, error });
      });
      context.waitUntil(watched);
    };
  }

  /** A part of Workers' context, as `props` is. */
  passThroughOnException(): void {}

  get props(): unknown {
    return {};
  }

  get tenant(): Tenant<unknown> {
    return this.#stages.tenant ?? missing("tenant", "does not resolve a tenant; put withTenant");
  }

  get host(): string {
    const { name } = this.#stages;
    if (name === undefined) return missing("host", "does not resolve a tenant; put withTenant");
    return "schema" in name
      ? missing("host", "has a tenant by its schema; put withTenant")
      : name.text;
  }

  get shared(): Tag {
    return (
      this.#stages.shared ?? missing("shared", "does not read shared schemas; put withoutTenant")
    );
  }
}

function missing(name: string, problem: string): never {
  throw new TypeError(
    `Cannot read "${name}" of the exchange: the route ${problem} before its handler`,
  );
}

/** A parameter that is not percent-encoded UTF-8 stays unchanged; the parsers of handlers reject its "%". */
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
