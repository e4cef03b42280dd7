// The answer to an error: `application/problem+json`, https://www.rfc-editor.org/rfc/rfc9457. It never includes the
// error's cause.

import type { AppError } from "../errors.ts";

/** The time that a client should wait after a 429 or 503 before it tries again, in seconds. */
export const RETRY_AFTER_SECONDS = 1;

/** The body of an error's answer. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** A text for people: the action, what is, and what should be. */
  readonly detail: string;
  /** The code, by which a program recognizes the error. */
  readonly code: string;
  readonly requestId: string;
}

/** Creates the body of an error's answer. */
export function toProblem({ definition, message }: AppError, requestId: string): Problem {
  const { code, status, title } = definition;
  return { type: `urn:rowhouse:error:${code}`, title, status, detail: message, code, requestId };
}

/**
 * Creates the answer to an error, for an answer that does not come from a tenancy.
 * @param method "HEAD" leaves the body out
 * @example
 * ```ts
 * import { AppError, problemResponse } from "rowhouse";
 *
 * export function refuseMaintenance(request: Request): Response {
 *   const error = new AppError("OVERLOADED", "Cannot answer: the service is in maintenance");
 *   return problemResponse(error, crypto.randomUUID(), request.method);
 * }
 * ```
 */
export function problemResponse(error: AppError, requestId: string, method = "GET"): Response {
  const problem = toProblem(error, requestId);
  const wait = problem.status === 503 || problem.status === 429;
  return new Response(method === "HEAD" ? null : JSON.stringify(problem), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      "x-request-id": requestId,
      "cache-control": "no-store",
      ...(wait ? { "retry-after": String(RETRY_AFTER_SECONDS) } : {}),
      ...error.headers,
    },
  });
}
