// Turns the value that a handler returned into an HTTP answer.

import { AppError } from "../errors.ts";
import type { Exchange } from "./exchange.ts";

/**
 * An answer with its own status and headers. A handler that returns a plain value answers 200 with it as JSON.
 * @example
 * ```ts
 * import { Reply, type TenantExchange } from "rowhouse";
 *
 * export async function addNote({ tenant, params }: TenantExchange): Promise<Reply> {
 *   const [note] = await tenant`insert into note (text) values (${params["text"]}) returning id`;
 *   return new Reply(201, note, { location: `/notes/${String(note?.["id"])}` });
 * }
 * ```
 */
export class Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param status the HTTP status
   * @param body the value to send as JSON; undefined for an answer without a body
   * @param headers further headers beside `content-type`, `cache-control` and `x-request-id`
   */
  constructor(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/**
 * The HTTP answer for the value that a handler returned: a {@link Reply}, a Response, or a value for JSON.
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
    // The handler has finished, so its writes are committed.
    throw new AppError("RESULT_TOO_LARGE", `Cannot answer: ${problem}`, { outcome: "unknown" });
  }
  return new Response(method === "HEAD" ? null : text, {
    status,
    headers: { "content-type": "application/json", ...common },
  });
}

/** JSON in which NaN and the infinities are their names as strings, as PostgreSQL's to_json() writes them. */
function toJson(body: unknown): string {
  const text = JSON.stringify(body);
  if (typeof text !== "string")
    throw new TypeError(`Cannot answer: a ${typeof body} cannot be written as JSON`);
  if (!text.includes("null")) return text;
  return JSON.stringify(body, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
}
