// One request and its answer, from arrival to the log. Handlers see this instead of the runtime's
// Request, so that HEAD can be served as GET and no runtime's own object is written to.

import { AppError, ERRORS, RETRY_AFTER_SECONDS, toProblem } from "../errors.ts";
import type { Database } from "../database/database.ts";
import type { Tenant } from "../tenant.ts";

/** What a handler gets; itty-router fills in `params`, `query` and `route`. */
export interface Exchange {
  /** The request as the runtime gave it; `method` below is GET for a HEAD. */
  readonly request: Request;
  readonly method: string;
  readonly url: string;
  /** Stands in the answer's `x-request-id` and in the log. */
  readonly requestId: string;
  /** The largest body that a handler should read, in bytes. */
  readonly maxBodyBytes: number;
  /** Whether forwarded headers count. */
  readonly trustProxy: boolean;
  /** The largest body of an answer, in bytes. */
  readonly maxResponseBytes: number;
  /**
   * Throws OVERLOADED while the service has too much to do, or shuts down; with a host, TENANT_BUSY when
   * that has too many requests at work.
   */
  readonly admit: (host?: string) => void;
  /** The path's parameters, decoded on routes with a tenant. */
  params: Record<string, string>;
  /** The query's parameters; an array for one that comes more than once. */
  query: Record<string, string | string[] | undefined>;
  /** The path pattern of the route. */
  route?: string;
  /** Where the request's messages go. */
  readonly database: Database;
  /** The tenant of the request's host, on routes that have one. */
  tenant: Tenant;
  /** The request's host in its normal form, once it was read. */
  host?: string;
  /** The tenant's schema, once a message entered it. */
  schemaName?: string;
}

/** An answer with a status of its own; a handler that returns a plain value answers 200 with it. */
export class Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param status the HTTP status
   * @param body what is sent as JSON; undefined for no body
   * @param headers headers beside `content-type`, `cache-control` and `x-request-id`
   */
  constructor(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The HTTP form of what a handler returned: a {@link Reply}, a Response, or a value for JSON. */
export function toResponse(result: unknown, exchange: Exchange): Response {
  if (result instanceof Response) {
    const body = exchange.request.method === "HEAD" ? null : result.body;
    const response = new Response(body, result);
    response.headers.set("x-request-id", exchange.requestId);
    if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
    return response;
  }
  const { status, body, headers } = result instanceof Reply ? result : new Reply(200, result);
  const text = body === undefined ? undefined : JSON.stringify(body);
  if (text !== undefined && text.length > exchange.maxResponseBytes) {
    const problem = `the answer has more than ${exchange.maxResponseBytes} bytes`;
    // The handler has come to its end: what it wrote is written.
    throw new AppError("RESULT_TOO_LARGE", `Cannot answer: ${problem}`, { outcome: "unknown" });
  }
  return write(exchange, status, text, "application/json", headers);
}

/** The HTTP form of an error: `application/problem+json`, https://www.rfc-editor.org/rfc/rfc9457. */
export function toErrorResponse(error: AppError, exchange: Exchange): Response {
  const { status } = ERRORS[error.code];
  const headers =
    status === 503 || status === 429
      ? { "retry-after": String(RETRY_AFTER_SECONDS), ...error.headers }
      : error.headers;
  const problem = toProblem(error, exchange.requestId);
  return write(exchange, status, JSON.stringify(problem), "application/problem+json", headers);
}

function write(
  exchange: Exchange,
  status: number,
  text: string | undefined,
  contentType: string,
  headers: Readonly<Record<string, string>>,
): Response {
  const common = { "x-request-id": exchange.requestId, "cache-control": "no-store", ...headers };
  if (text === undefined) return new Response(null, { status, headers: common });
  const sent = exchange.request.method === "HEAD" ? null : text;
  return new Response(sent, { status, headers: { "content-type": contentType, ...common } });
}
