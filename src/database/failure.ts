// What an error of postgres.js means: for the one who waits for the answer, and for the connection.

import { AppError } from "../errors.ts";

/** An error, read. */
export interface Failure {
  /** What the caller gets: PostgreSQL's own error, or an AppError where the connection failed. */
  readonly failure: unknown;
  /** Whether the connection may serve the next message. */
  readonly usable: boolean;
}

// Errors of a connection that was never made: the message cannot have been sent.
const NOT_SENT = new Set([
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "EADDRNOTAVAIL",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "28000", // invalid_authorization_specification
  "28P01", // invalid_password
  "3D000", // invalid_catalog_name
  "53300", // too_many_connections
  "57P03", // cannot_connect_now
]);

/**
 * Reads an error. An ErrorResponse of severity ERROR leaves the connection in order. After anything else its
 * state is in doubt: a FATAL, too, is followed by the end of the connection, and the next message on it would
 * be answered with the same error without being sent.
 */
export function readFailure(error: unknown): Failure {
  const fields = error instanceof Error ? (error as Error & Record<string, unknown>) : undefined;
  if (
    fields?.name === "PostgresError" &&
    (fields["severity"] ?? fields["severity_local"]) === "ERROR"
  ) {
    // enter_tenant found settings under which no literal is safe; they would be found again.
    return { failure: error, usable: fields["code"] !== "RH500" };
  }
  if (error instanceof AppError) return { failure: error, usable: false };
  const unsent = NOT_SENT.has(String(fields?.["code"]));
  const problem = unsent ? "no connection could be made" : "the connection was refused or lost";
  const failure = new AppError("DATABASE_UNAVAILABLE", `Cannot reach the database: ${problem}`, {
    cause: error,
    ...(unsent ? {} : { outcome: "unknown" as const }),
  });
  return { failure, usable: false };
}
