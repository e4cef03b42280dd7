// Reads an error of postgres.js: what the caller gets, and whether the connection stays usable.

import { AppError } from "../errors.ts";

/** The meaning of an error. */
export interface Failure {
  /** The error for the caller: PostgreSQL's own, or an AppError when the connection failed. */
  readonly failure: unknown;
  /** Whether the connection may serve the next message. */
  readonly usable: boolean;
}

// Errors of a connection that was never established, so the message cannot have been sent.
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
 * Reads an error. An ErrorResponse of severity ERROR leaves the connection usable. Any other error leaves its state in
 * doubt. After a FATAL the server closes the connection, and postgres.js would answer the next message with the same
 * error without sending it.
 */
export function readFailure(error: unknown): Failure {
  const fields = error instanceof Error ? (error as Error & Record<string, unknown>) : undefined;
  if (
    fields?.name === "PostgresError" &&
    (fields["severity"] ?? fields["severity_local"]) === "ERROR"
  ) {
    // RH500: enter_tenant found settings under which literals are not safe, and they last as long as the connection.
    return { failure: error, usable: fields["code"] !== "RH500" };
  }
  if (error instanceof AppError) return { failure: error, usable: false };
  const unsent = NOT_SENT.has(String(fields?.["code"]));
  const problem = unsent ? "the service could not connect" : "the connection was refused or lost";
  const failure = new AppError("DATABASE_UNAVAILABLE", `Cannot reach the database: ${problem}`, {
    cause: error,
    ...(unsent ? {} : { outcome: "unknown" as const }),
  });
  return { failure, usable: false };
}
