// The stages that every request goes through, whatever the routes are: admission, the tenant, the
// router, the answer, the log. An error leaves here as problem+json, and every request leaves one
// line in the log.

import { Admission } from "./admission.ts";
import { checkContentLength } from "./body.ts";
import type { Config } from "../config.ts";
import type { Database } from "../database/database.ts";
import { AppError, ERRORS, toAppError } from "../errors.ts";
import { type Exchange, Reply, toErrorResponse, toResponse } from "./exchange.ts";
import { formatHost, parseHost } from "../host.ts";
import { describeError, type Log } from "../log.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { createTenant } from "../tenant.ts";

/** An application without a server: give `fetch` to any runtime. */
export interface Tenancy {
  /** Answers one request from a database; never rejects. */
  fetch(request: Request, database: Database): Promise<Response>;
  /**
   * From now on every request that {@link Exchange.admit} sees is answered 503.
   * Resolves when none is at work.
   */
  drain(): Promise<void>;
}

/** What {@link createTenancy} needs of a router: itty-router's `Router` and `IttyRouter` have it. */
export interface TenancyRouter {
  readonly routes: readonly (readonly [method: string, path: RegExp, ...rest: unknown[]])[];
  fetch(exchange: Exchange): Promise<unknown>;
}

/** What an application is made of. */
export interface TenancyParts {
  /** Its handlers get an {@link Exchange}; give it no `catch` of its own. */
  readonly router: TenancyRouter;
  readonly log: Log;
  /** What {@link createTelemetry} has made; undefined: nothing is told of requests, at no cost. */
  readonly telemetry?: Telemetry | undefined;
  readonly config: Pick<
    Config,
    | "MAX_IN_FLIGHT"
    | "TENANT_MAX_IN_FLIGHT"
    | "MAX_BODY_BYTES"
    | "MAX_RESPONSE_BYTES"
    | "TRUST_PROXY"
  >;
}

/** Puts the stages around a router. It opens nothing and closes nothing. */
export function createTenancy({ router, log, telemetry, config }: TenancyParts): Tenancy {
  const admission = new Admission(config);

  const answer = async (exchange: Exchange): Promise<Response> => {
    const host = exchange.request.headers.get("host") ?? "";
    // A runtime may have made the URL of this text: the path would not be what the client asked for.
    if (/[\s,/?#@\\]/.test(host)) parseHost(host);
    const result: unknown = await router.fetch(exchange);
    return toResponse(result ?? answerWithoutResult(router, exchange), exchange);
  };

  return {
    drain: () => admission.drain(),
    async fetch(request, database) {
      const started = performance.now();
      const visit = admission.begin();
      const watch = telemetry?.begin(request);
      const exchange = {
        request,
        database: watch === undefined ? database : watch.database(database),
        url: localUrl(request.url),
        method: request.method === "HEAD" ? "GET" : request.method,
        requestId: requestId(request, config.TRUST_PROXY),
        maxBodyBytes: config.MAX_BODY_BYTES,
        trustProxy: config.TRUST_PROXY,
        maxResponseBytes: config.MAX_RESPONSE_BYTES,
        admit: visit.admit,
      } as Exchange;
      let response: Response;
      let failure: AppError | undefined;
      try {
        response = await answer(exchange);
      } catch (error) {
        failure = toAppError(error);
        response = toErrorResponse(failure, exchange);
      } finally {
        visit.end();
      }
      const ms = performance.now() - started;
      watch?.end(exchange, response.status, ms, failure);
      writeLine(log, exchange, response.status, ms, failure);
      return response;
    },
  };
}

/**
 * The stage of a route that has a tenant, before its handler: `router.get(path, withTenant, handler)`.
 * Gives the exchange its tenant and its decoded parameters. Nothing is sent yet.
 * @throws {AppError} OVERLOADED, TENANT_BUSY, HOST_INVALID, BODY_TOO_LARGE
 */
export function withTenant(exchange: Exchange): void {
  exchange.admit();
  const host = parseHost(hostHeader(exchange));
  exchange.host = formatHost(host);
  exchange.admit(exchange.host);
  exchange.params = decodeParams(exchange.params);
  exchange.tenant = createTenant(exchange.database, host, (schemaName) => {
    exchange.schemaName = schemaName;
  });
  if (exchange.method !== "GET") checkContentLength(exchange.request, exchange.maxBodyBytes);
}

/**
 * The reply for a handler that returned nothing.
 * @throws {AppError} PATH_NOT_FOUND, METHOD_NOT_ALLOWED when no route has this path, this method
 */
function answerWithoutResult(router: TenancyRouter, { url, method }: Exchange): Reply {
  const { pathname } = new URL(url);
  const methods = new Set(router.routes.filter(([, p]) => p.test(pathname)).map(([m]) => m));
  methods.delete("ALL");
  if (methods.has(method)) return new Reply(204);
  if (methods.size === 0) throw new AppError("PATH_NOT_FOUND", "Cannot route: no such path");
  if (methods.has("GET")) methods.add("HEAD");
  const allow = [...methods].toSorted().join(", ");
  throw new AppError("METHOD_NOT_ALLOWED", `Cannot route: the path takes ${allow}`, {
    headers: { allow },
  });
}

/** The URL without the host that the runtime gave it: the header alone says who is asked for. */
function localUrl(url: string): string {
  return `http://localhost${url.slice(url.indexOf("/", url.indexOf("//") + 2))}`;
}

/**
 * The text that names the host. A forwarded host counts only behind a proxy that is trusted; where
 * a header comes twice, its values arrive joined by commas and are no host.
 */
function hostHeader({ request, trustProxy }: Exchange): string {
  const forwarded = trustProxy ? request.headers.get("x-forwarded-host") : null;
  return forwarded ?? request.headers.get("host") ?? "";
}

function requestId(request: Request, trustProxy: boolean): string {
  const given = trustProxy ? request.headers.get("x-request-id") : null;
  return given !== null && /^[\w.-]{1,64}$/.test(given) ? given : crypto.randomUUID();
}

/** A parameter that is no percent-encoded UTF-8 stays as it came: no parser accepts its "%". */
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

function writeLine(
  log: Log,
  exchange: Exchange,
  status: number,
  ms: number,
  failure: AppError | undefined,
): void {
  const server = failure !== undefined && ERRORS[failure.code].status >= 500;
  const level = status === 500 ? "error" : server ? "warn" : "info";
  log.write(level, "request", {
    requestId: exchange.requestId,
    method: exchange.request.method,
    route: exchange.route,
    host: exchange.host,
    tenant: exchange.schemaName,
    status,
    ms: Math.round(ms * 10) / 10,
    code: failure?.code,
    outcome: failure?.outcome,
    error: server ? describeError(failure) : undefined,
  });
}
