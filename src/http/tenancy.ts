// The path of every request: admission, the router, the answer, the log. Every error is answered as problem+json,
// and every request writes one line to the log.

import type { Database } from "../database/database.ts";
import { AppError } from "../errors.ts";
import type { Settings } from "../entry.ts";
import { parseHost } from "../host.ts";
import { describeError, type Log } from "../log.ts";
import { createReport, quietly } from "../report.ts";
import { Admission } from "./admission.ts";
import { toResponse } from "./answer.ts";
import { type Exchange, type RequestContext, ServedExchange, type Stages } from "./exchange.ts";
import { handled, type Handler, routed, type TenancyRouter } from "./handle.ts";
import { KnownHosts } from "./known-hosts.ts";
import { LIMITS, type Limits } from "./limits.ts";
import type { Observer, Outcome } from "./observer.ts";
import { problemResponse } from "./problem.ts";
import { toAppError } from "./thrown.ts";

/** An application without a server; any runtime can call its `fetch`. */
export interface Tenancy {
  /**
   * Answers one request with the given database. Never rejects, whatever a handler throws.
   * @param context what the runtime gives; without it, a handler's `waitUntil` throws
   */
  fetch(request: Request, database: Database, context?: RequestContext): Promise<Response>;
  /** Answers every later request with 503. Resolves when the last request in progress has ended. */
  drain(): Promise<void>;
}

/** The parts that a runtime passes to an application; all of them are optional. */
export interface Parts {
  /** Where requests are logged; without a log, nowhere. */
  readonly log?: Log | undefined;
  /** The result of `createTelemetry`; without it, requests are not observed and pay nothing. */
  readonly telemetry?: Observer | undefined;
  /** Limits that differ from {@link LIMITS}. */
  readonly limits?: Partial<Limits> | undefined;
  /** Whether to believe a proxy's `x-forwarded-host`, `x-request-id` and `traceparent`; false by default. */
  readonly trustProxy?: boolean | undefined;
}

/** The options of {@link createTenancy}. */
export type TenancyOptions<S = Settings> = Parts & {
  /**
   * Turns the settings of a tenant in the registry into `tenant.settings`, for defaults and checks; called once for
   * each request that reads them. By default they stay as they are.
   */
  readonly readSettings?: (settings: Settings) => S;
} & (
    | {
        /** The routes; their handlers get an {@link Exchange}. The router must not have its own `catch`. */
        readonly router: TenancyRouter;
      }
    | {
        /** All routes in one function. What it throws is answered as `application/problem+json`. */
        readonly handler: Handler;
      }
  );

/**
 * Creates a tenancy around a router or a handler. It does not open or close anything.
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
export function createTenancy<S = Settings>(options: TenancyOptions<S>): Tenancy {
  const { log, telemetry, trustProxy = false } = options;
  const handle = "router" in options ? routed(options.router) : handled(options.handler);
  const limits = { ...LIMITS, ...options.limits };
  const admission = new Admission(limits);
  const hosts = new KnownHosts();
  const report = createReport(log, "telemetry failed");

  const answer = async (exchange: ServedExchange, request: Request): Promise<Response> => {
    const host = request.headers.get("host") ?? "";
    // A runtime may have built the URL from this text, and its path would then differ from the client's.
    if (/[\s,/?#@\\]/.test(host)) parseHost(host);
    return toResponse(await handle(exchange), exchange, request.method, limits.responseBytes);
  };

  /** The tenant of a request, for the log and the metrics; an error has a tenant, too. */
  const findTenant = ({ name, schemaName }: Stages, failure?: AppError): string | undefined => {
    if (name === undefined) return schemaName;
    if (schemaName !== undefined) hosts.learn(name, schemaName);
    else if (failure?.code === "TENANT_NOT_FOUND") hosts.forget(name);
    return schemaName ?? hosts.schemaOf(name);
  };

  return {
    drain: () => admission.drain(),
    async fetch(request, database, context) {
      const started = performance.now();
      const visit = admission.begin();
      const observation = quietly(() => telemetry?.begin(request, trustProxy), report);
      const stages: Stages = {
        request,
        database: quietly(() => observation?.database(database), report) ?? database,
        limits,
        trustProxy,
        visit,
        context,
        log,
        isAnswered: false,
        readSettings: options.readSettings,
        readHost: (text) => hosts.read(text),
        shareOf: (name) => hosts.shareOf(name),
        schemaOf: (name) => hosts.schemaOf(name),
        name: undefined,
        schemaName: undefined,
        tenant: undefined,
        shared: undefined,
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
        stages.isAnswered = true;
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
 * The error for any thrown value: INTERNAL when reading the value throws, and for an AppError that cannot be
 * answered.
 */
function toFailure(thrown: unknown): AppError {
  const failure = attempt(() => {
    const judged = toAppError(thrown);
    describeError(judged);
    // Its status must be an error's. A Response throws for one beyond 599 and for a header that is not text.
    return problemResponse(judged, "", "HEAD").ok ? undefined : judged;
  });
  return failure ?? new AppError("INTERNAL", "Cannot answer: the service failed");
}

function attempt<T>(work: () => T): T | undefined {
  return quietly(work, () => {});
}

function findRequestId(request: Request, trustProxy: boolean): string {
  const given = trustProxy ? request.headers.get("x-request-id") : null;
  return given !== null && /^[\w.-]{1,64}$/.test(given) ? given : crypto.randomUUID();
}

function writeLine(
  log: Log | undefined,
  exchange: Exchange,
  { request, name, schemaName }: Stages,
  { status, ms, route, failure }: Omit<Outcome, "schemaName">,
): void {
  const server = failure !== undefined && failure.status >= 500;
  const level = status === 500 ? "error" : server ? "warn" : "info";
  log?.write(level, "request", {
    requestId: exchange.requestId,
    method: request.method,
    route,
    host: name !== undefined && "text" in name ? name.text : undefined,
    tenant: schemaName,
    status,
    ms: Math.round(ms * 10) / 10,
    code: failure?.code,
    outcome: failure?.outcome,
    error: server ? describeError(failure) : undefined,
  });
}
