// The routes, and the order of the stages that every request goes through. The only file that knows
// URLs. An error leaves here as problem+json, and every request leaves one line in the log.

import { Router } from "itty-router";
import { checkContentLength } from "./body.ts";
import type { Config } from "./config.ts";
import * as data from "./data.ts";
import type { Database } from "./database.ts";
import { AppError, ERRORS, toAppError } from "./errors.ts";
import { type Exchange, toErrorResponse, toResponse } from "./exchange.ts";
import { formatHost, parseHost } from "./host.ts";
import { describeError, type Log } from "./log.ts";
import { createTenant } from "./tenant.ts";

/** The service without a server: give `fetch` to any runtime. */
export interface App {
  /** Answers one request from a database; never rejects. */
  fetch(request: Request, database: Database): Promise<Response>;
  /** From now on every request but `/healthz` is answered 503. Resolves when none is at work. */
  drain(): Promise<void>;
}

/** What the service is made of. */
export interface AppParts {
  readonly log: Log;
  readonly config: Pick<Config, "MAX_IN_FLIGHT" | "MAX_BODY_BYTES" | "TRUST_PROXY">;
}

/** Builds the service. It opens nothing and closes nothing. */
export function createApp({ log, config }: AppParts): App {
  const { MAX_BODY_BYTES: maxBodyBytes, TRUST_PROXY: trustProxy } = config;
  let inFlight = 0;
  let draining = false;
  let drained = (): void => {};

  const admit = (): void => {
    if (draining) throw new AppError("OVERLOADED", "Cannot start: the service is shutting down");
    if (inFlight > config.MAX_IN_FLIGHT) {
      throw new AppError("OVERLOADED", "Cannot start: too many requests are at work");
    }
  };

  const withTenant = (exchange: Exchange): void => {
    admit();
    const host = parseHost(hostHeader(exchange.request, trustProxy));
    exchange.host = formatHost(host);
    exchange.params = decodeParams(exchange.params);
    exchange.tenant = createTenant(exchange.database, host, (schemaName) => {
      exchange.schemaName = schemaName;
    });
    if (exchange.method !== "GET") checkContentLength(exchange.request, maxBodyBytes);
  };

  const router = Router<Exchange>();
  router
    .get("/healthz", () => ({ status: "ok" }))
    .get("/readyz", async ({ database }) => {
      admit();
      await database.send("select 1");
      return { status: "ready" };
    })
    .post("/data/insert/:key/:value", withTenant, data.insertPair)
    .get("/data/get/:key", withTenant, data.getValue)
    .get("/data/:key", withTenant, data.getValue)
    .put("/data/:key", withTenant, (exchange) => data.putValue(exchange, maxBodyBytes))
    .delete("/data/:key", withTenant, data.deleteKey)
    .get("/data", withTenant, data.listPairs)
    .post("/data", withTenant, (exchange) => data.insertPairs(exchange, maxBodyBytes));

  /** The error for a path that no route with this method has. */
  const unrouted = ({ url }: Exchange): AppError => {
    const { pathname } = new URL(url);
    const methods = new Set(router.routes.filter(([, p]) => p.test(pathname)).map(([m]) => m));
    if (methods.size === 0) return new AppError("PATH_NOT_FOUND", "Cannot route: no such path");
    if (methods.has("GET")) methods.add("HEAD");
    const allow = [...methods].toSorted().join(", ");
    return new AppError("METHOD_NOT_ALLOWED", `Cannot route: the path takes ${allow}`, {
      headers: { allow },
    });
  };

  return {
    drain() {
      draining = true;
      return new Promise((resolve) => {
        drained = resolve;
        if (inFlight === 0) resolve();
      });
    },
    async fetch(request, database) {
      const started = performance.now();
      inFlight += 1;
      const exchange = {
        request,
        database,
        url: request.url,
        method: request.method === "HEAD" ? "GET" : request.method,
        requestId: requestId(request, trustProxy),
      } as Exchange;
      let response: Response;
      let failure: AppError | undefined;
      try {
        const result: unknown = await router.fetch(exchange);
        if (result === undefined) throw unrouted(exchange);
        response = toResponse(result, exchange);
      } catch (error) {
        failure = toAppError(error);
        response = toErrorResponse(failure, exchange);
      } finally {
        inFlight -= 1;
        if (inFlight === 0) drained();
      }
      writeLine(log, exchange, response.status, performance.now() - started, failure);
      return response;
    },
  };
}

/**
 * The text that names the host. A forwarded host counts only behind a proxy that is trusted; where
 * a header comes twice, its values arrive joined by commas and are no host.
 */
function hostHeader(request: Request, trustProxy: boolean): string {
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
      decoded[name] = decodeURIComponent(text);
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
