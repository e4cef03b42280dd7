// What a handler returned to an HTTP answer.

import { AppError } from "../errors.ts";
import type { Exchange } from "./exchange.ts";

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

/**
 * The HTTP form of what a handler returned: a {@link Reply}, a Response, or a value for JSON.
 * @throws {AppError} RESULT_TOO_LARGE
 */
export function toResponse(
  result: unknown,
  { requestId }: Exchange,
  method: string,
  maxBytes: number,
): Response {
  if (result instanceof Response) {
    const response = new Response(method === "HEAD" ? null : result.body, result);
    response.headers.set("x-request-id", requestId);
    if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
    return response;
  }
  const { status, body, headers } = result instanceof Reply ? result : new Reply(200, result);
  const common = { "x-request-id": requestId, "cache-control": "no-store", ...headers };
  if (body === undefined) return new Response(null, { status, headers: common });
  const text = toJson(body);
  if (text.length > maxBytes) {
    const problem = `the answer has more than ${maxBytes} bytes`;
    // The handler has come to its end: what it wrote is written.
    throw new AppError("RESULT_TOO_LARGE", `Cannot answer: ${problem}`, { outcome: "unknown" });
  }
  return new Response(method === "HEAD" ? null : text, {
    status,
    headers: { "content-type": "application/json", ...common },
  });
}

/** JSON in which a number that JSON does not have is its name, as PostgreSQL's to_json() writes it. */
function toJson(body: unknown): string {
  const text = JSON.stringify(body);
  if (typeof text !== "string")
    throw new TypeError(`Cannot answer: a ${typeof body} has no JSON form`);
  if (!text.includes("null")) return text;
  return JSON.stringify(body, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
}
