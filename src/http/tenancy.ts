// The way of every request, whatever the routes are: its place, the router, the answer, the log. An error
// leaves here as problem+json, and every request leaves one line in the log.

import type { Database } from "../database/database.ts";
import { AppError } from "../errors.ts";
import { parseHost } from "../host.ts";
import { describeError, type Log } from "../log.ts";
import { createReport, quietly } from "../report.ts";
import { Admission } from "./admission.ts";
import { Reply, toResponse } from "./answer.ts";
import { type Exchange, ServedExchange, type Stages } from "./exchange.ts";
import { KnownHosts } from "./known-hosts.ts";
import { LIMITS, type Limits } from "./limits.ts";
import type { Observer, Outcome } from "./observer.ts";
import { problemResponse } from "./problem.ts";
import { toAppError } from "./thrown.ts";

/** An application without a server: give `fetch` to any runtime. */
export interface Tenancy {
  /** Answers one request from a database; never rejects, whatever a handler throws. */
  fetch(request: Request, database: Database): Promise<Response>;
  /** From now on requests are answered 503. Resolves when none is in progress. */
  drain(): Promise<void>;
}

/** What {@link createTenancy} needs of a router: itty-router's `Router` and `IttyRouter` have it. */
export interface TenancyRouter {
  readonly routes: readonly (readonly [method: string, path: RegExp, ...rest: unknown[]])[];
  fetch(exchange: Exchange): Promise<unknown>;
}

/** What an application is given by its runtime, all of it optional. */
export interface Parts {
  /** Nothing is logged without one. */
  readonly log?: Log | undefined;
  /** What `createTelemetry` made; without one, requests are not observed and pay nothing. */
  readonly telemetry?: Observer | undefined;
  /** Bounds other than {@link LIMITS}. */
  readonly limits?: Partial<Limits> | undefined;
  /** Whether the headers of a proxy count: `x-forwarded-host`, `x-request-id`, `traceparent`. */
  readonly trustProxy?: boolean | undefined;
}

/** What an application is made of. */
export interface TenancyOptions extends Parts {
  /** Its handlers get an {@link Exchange}; give it no `catch` of its own. */
  readonly router: TenancyRouter;
}

/**
 * Puts a tenancy around a router. It opens nothing and closes nothing.
 * @example
 * ```ts
 * import { Router } from "itty-router";
 * import { createTenancy, type Exchange, type Parts, type Tenancy } from "rowhouse";
 *
 * const router = Router<Exchange>().get("/healthz", () => ({ status: "ok" }));
 *
 * export const createApp = (parts: Parts): Tenancy => createTenancy({ router, ...parts });
 * ```
 */
export function createTenancy(options: TenancyOptions): Tenancy {
  const { router, log, telemetry, trustProxy = false } = options;
  const limits = { ...LIMITS, ...options.limits };
  const admission = new Admission(limits);
  const hosts = new KnownHosts();
  const report = createReport(log, "telemetry failed");

  const answer = async (exchange: Exchange, request: Request): Promise<Response> => {
    const host = request.headers.get("host") ?? "";
    // A runtime may have made the URL of this text: the path would not be what the client asked for.
    if (/[\s,/?#@\\]/.test(host)) parseHost(host);
    const result: unknown = await router.fetch(exchange);
    const found = result ?? answerWithoutResult(router, exchange);
    return toResponse(found, exchange, request.method, limits.responseBytes);
  };

  /** The tenant of a request, for the log and the metrics: an error, too, is a tenant's. */
  const findTenant = ({ host, schemaName }: Stages, failure?: AppError): string | undefined => {
    if (host === undefined) return schemaName;
    if (schemaName !== undefined) hosts.learn(host, schemaName);
    else if (failure?.code === "TENANT_NOT_FOUND") hosts.forget(host.text);
    return schemaName ?? hosts.schemaOf(host);
  };

  return {
    drain: () => admission.drain(),
    async fetch(request, database) {
      const started = performance.now();
      const visit = admission.begin();
      const observation = quietly(() => telemetry?.begin(request, trustProxy), report);
      const stages: Stages = {
        request,
        database: quietly(() => observation?.database(database), report) ?? database,
        limits,
        trustProxy,
        visit,
        shareOf: (host) => hosts.shareOf(host),
        host: undefined,
        schemaName: undefined,
        tenant: undefined,
      };
      const exchange = new ServedExchange(findRequestId(request, trustProxy), stages);
      let response: Response;
      let failure: AppError | undefined;
      try {
        response = await answer(exchange, request);
      } catch (error) {
        failure = toFailure(error);
        response = problemResponse(failure, exchange.requestId, request.method);
      } finally {
        visit.end();
      }
      const { route } = exchange;
      const { status } = response;
      const ms = performance.now() - started;
      const schemaName = findTenant(stages, failure);
      quietly(() => observation?.end({ status, ms, route, schemaName, failure }), report);
      attempt(() => writeLine(log, exchange, stages, { status, ms, route, failure }));
      return response;
    },
  };
}

/**
 * The error that is answered to anything thrown: INTERNAL for a thrown value that cannot be looked at, and for an
 * AppError that has no answer.
 */
function toFailure(thrown: unknown): AppError {
  const failure = attempt(() => {
    const judged = toAppError(thrown);
    describeError(judged);
    // A Response takes no other status, and no header that is not text.
    return problemResponse(judged, "", "HEAD").ok ? undefined : judged;
  });
  return failure ?? new AppError("INTERNAL", "Cannot answer: the service failed");
}

function attempt<T>(work: () => T): T | undefined {
  return quietly(work, () => {});
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

function findRequestId(request: Request, trustProxy: boolean): string {
  const given = trustProxy ? request.headers.get("x-request-id") : null;
  return given !== null && /^[\w.-]{1,64}$/.test(given) ? given : crypto.randomUUID();
}

function writeLine(
  log: Log | undefined,
  exchange: Exchange,
  { request, host, schemaName }: Stages,
  { status, ms, route, failure }: Omit<Outcome, "schemaName">,
): void {
  const server = failure !== undefined && failure.status >= 500;
  const level = status === 500 ? "error" : server ? "warn" : "info";
  log?.write(level, "request", {
    requestId: exchange.requestId,
    method: request.method,
    route,
    host: host?.text,
    tenant: schemaName,
    status,
    ms: Math.round(ms * 10) / 10,
    code: failure?.code,
    outcome: failure?.outcome,
    error: server ? describeError(failure) : undefined,
  });
}
