// How a tenancy calls an application: the routes of a router, or one function. A handler that returned nothing gets its
// reply here.

import { AppError } from "../errors.ts";
import { Reply } from "./answer.ts";
import type { Exchange, ServedExchange } from "./exchange.ts";

/** The part of a router that {@link createTenancy} needs; itty-router's `Router` and `IttyRouter` have it. */
export interface TenancyRouter {
  readonly routes: readonly (readonly [method: string, path: RegExp, ...rest: unknown[]])[];
  fetch(exchange: Exchange): Promise<unknown>;
}

/** The context of Workers' handlers, as Hono's `c.executionCtx` has it. */
export interface HandlerContext extends Pick<Exchange, "waitUntil"> {
  /** Does nothing: a tenancy answers every error itself. */
  passThroughOnException(): void;
  /** Always an empty object. */
  readonly props: unknown;
}

/**
 * Handles every request of a tenancy, as the `fetch` of Hono does.
 * @param request the body fails when it is larger or slower than the limits allow; the URL is the client's
 * @param exchange what the stages `withTenant`, `withTenantBy` and `withoutTenant` take; Hono passes it as `c.env`
 * @param context as Workers have it; Hono passes it as `c.executionCtx`
 * @returns a Response, or what a route's handler may return
 */
export type Handler = (request: Request, exchange: Exchange, context: HandlerContext) => unknown;

/** Answers an exchange with what a handler returned, or with the reply for a handler that returned nothing. */
export type Handle = (exchange: ServedExchange) => Promise<unknown>;

/** Hands each exchange to the routes of a router. */
export function routed(router: TenancyRouter): Handle {
  return async (exchange) =>
    (await router.fetch(exchange)) ?? answerWithoutResult(router, exchange);
}

/** Hands each exchange to one function. */
export function handled(handler: Handler): Handle {
  return async (exchange) =>
    (await handler(exchange.request, exchange, exchange)) ?? new Reply(204);
}

/**
 * The reply for a handler that returned nothing.
 * @throws {AppError} PATH_NOT_FOUND when no route has this path; METHOD_NOT_ALLOWED when none of them has this method
 */
function answerWithoutResult(router: TenancyRouter, { url, method }: Exchange): Reply {
  const { pathname } = new URL(url);
  const methods = new Set(router.routes.filter(([, p]) => p.test(pathname)).map(([m]) => m));
  methods.delete("ALL");
  if (methods.has(method)) return new Reply(204);
  if (methods.size === 0)
    throw new AppError("PATH_NOT_FOUND", "Cannot route: no route has this path");
  if (methods.has("GET")) methods.add("HEAD");
  const allow = [...methods].toSorted().join(", ");
  throw new AppError("METHOD_NOT_ALLOWED", `Cannot route: the path takes only ${allow}`, {
    headers: { allow },
  });
}
