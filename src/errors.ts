// The errors that a client can see: one table of codes, and the way from PostgreSQL's SQLSTATE to a
// code. Only an AppError's text ever reaches a client; whatever else was thrown becomes a fixed
// INTERNAL. Nothing here reads a database error's message, detail or query: they hold values.

/**
 * Every error code with its HTTP status and its title. The README has a heading for each.
 * The answer's form is RFC 9457, `application/problem+json`.
 */
export const ERRORS = {
  HOST_INVALID: { status: 400, title: "The Host header names no valid host" },
  KEY_INVALID: { status: 400, title: "The key is no 32-bit integer" },
  VALUE_INVALID: { status: 400, title: "A value is not acceptable" },
  BODY_INVALID: { status: 400, title: "The body is not acceptable" },
  KEY_EXISTS: { status: 400, title: "The key exists already" },
  TENANT_SUSPENDED: { status: 403, title: "The tenant is suspended" },
  TENANT_NOT_FOUND: { status: 404, title: "No tenant has this host" },
  PATH_NOT_FOUND: { status: 404, title: "No route has this path" },
  NOT_FOUND: { status: 404, title: "No such entry" },
  METHOD_NOT_ALLOWED: { status: 405, title: "The path does not take this method" },
  BODY_TOO_LARGE: { status: 413, title: "The body is too large" },
  TENANT_READ_ONLY: { status: 423, title: "The tenant is read-only" },
  TENANT_BUSY: { status: 429, title: "The tenant has too much to do" },
  RESULT_TOO_LARGE: { status: 500, title: "The result is too large" },
  INTERNAL: { status: 500, title: "The service failed" },
  OVERLOADED: { status: 503, title: "The service has too much to do" },
  DATABASE_UNAVAILABLE: { status: 503, title: "The database does not answer" },
  STATEMENT_TIMEOUT: { status: 504, title: "A statement took too long" },
} as const;

/** One of the codes of {@link ERRORS}. */
export type ErrorCode = keyof typeof ERRORS;

/** What an {@link AppError} may carry beside its code and its text. */
export interface AppErrorOptions {
  /** Headers of the answer, such as `allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** "unknown" when a message was sent and no answer came: its statements may have taken effect. */
  readonly outcome?: "unknown";
  /** The error underneath: logged in its redacted form, never sent to a client. */
  readonly cause?: unknown;
}

/**
 * An error whose text a client may read.
 * `message` states the action, a colon, what is, and what should be, with values in quotes.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  /** Decides the status and the title: see {@link ERRORS}. */
  readonly code: ErrorCode;
  /** Headers to add to the answer; `retry-after` comes by itself with every 503. */
  readonly headers: Readonly<Record<string, string>>;
  /** "unknown" when the database may have done what the message said, or not. */
  readonly outcome: "unknown" | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.headers = options.headers ?? {};
    this.outcome = options.outcome;
  }
}

/**
 * The SQLSTATE of a database error, or undefined when `error` is none.
 * Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const { code } = error;
  return typeof code === "string" && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** SQLSTATE 23505, unique_violation: what an application asks for most. */
export const UNIQUE_VIOLATION = "23505";

const CODE_OF_STATE: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  RH404: ["TENANT_NOT_FOUND", "Cannot resolve tenant: no tenant has the request's host"],
  RH403: ["TENANT_SUSPENDED", "Cannot enter tenant: it is suspended"],
  // read_only_sql_transaction
  "25006": ["TENANT_READ_ONLY", "Cannot write: the tenant is read-only"],
  // query_canceled
  "57014": ["STATEMENT_TIMEOUT", "Cannot finish: a statement exceeded the tenant's timeout"],
  // lock_not_available
  "55P03": ["STATEMENT_TIMEOUT", "Cannot finish: a lock was not to be had in time"],
  // serialization_failure, deadlock_detected: all is undone, and the same request may succeed
  "40001": ["OVERLOADED", "Cannot finish: another transaction was in the way; nothing was changed"],
  "40P01": ["OVERLOADED", "Cannot finish: another transaction was in the way; nothing was changed"],
};

const CODE_OF_CLASS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  // data_exception: numeric_value_out_of_range, invalid_text_representation, …
  "22": ["VALUE_INVALID", "Cannot use a value: it does not fit the type that it is meant for"],
  // connection_exception
  "08": ["DATABASE_UNAVAILABLE", "Cannot reach the database: the connection was refused or lost"],
  // insufficient_resources: too_many_connections, out_of_memory, disk_full
  "53": ["DATABASE_UNAVAILABLE", "Cannot use the database: it is out of resources"],
  // operator_intervention: admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped
  "57": ["DATABASE_UNAVAILABLE", "Cannot use the database: it is shutting down or starting"],
};

const LOST_ROLE = [
  "OVERLOADED",
  "Cannot enter tenant: it was changed at this moment; nothing was done",
] as const;

/**
 * Whether enter_tenant found a role that was renamed or dropped before it could take it: to PostgreSQL a
 * value that is not acceptable (invalid_parameter_value). Nothing but the entry can set anything.
 */
function isLostRole(error: unknown): boolean {
  return (
    sqlState(error) === "22023" &&
    Reflect.get(Object(error), "routine") === "call_string_check_hook"
  );
}

/**
 * Turns anything thrown into the error that the client sees, keeping the thrown one as `cause`.
 * Judges by SQLSTATE alone, never by message or constraint name. What it does not know is INTERNAL.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const state = sqlState(error);
  if (isLostRole(error)) return new AppError(...LOST_ROLE, { cause: error });
  const [code, message] = (state !== undefined &&
    (CODE_OF_STATE[state] ?? CODE_OF_CLASS[state.slice(0, 2)])) || [
    "INTERNAL" as const,
    "Cannot answer: an error that is not the client's",
  ];
  return new AppError(code, message, { cause: error });
}

/** How long a client should wait after a 503 before it asks again, in seconds. */
export const RETRY_AFTER_SECONDS = 1;

/** The body of an error's answer: RFC 9457 with `code` and `requestId` added. */
export function toProblem(error: AppError, requestId: string): Readonly<Record<string, unknown>> {
  const { status, title } = ERRORS[error.code];
  return {
    type: `urn:rowhouse:error:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    requestId,
  };
}
