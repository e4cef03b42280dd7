// What an error on the way to an answer means: PostgreSQL's own answer, after which the connection serves on, or
// the end of a connection, of which is told apart who ended it, and whether a message was on its way. Pure.

import { AppError } from "../errors.ts";

/** How a connection ended. */
export type FailureKind =
  /** No connection could be made. */
  | "unreachable"
  /** The server's certificate was not accepted. */
  | "certificate"
  /** The server or a pooler refused the login. */
  | "login_refused"
  /** The server or a pooler ended the session, and said why. */
  | "ended"
  /** The connection was cut, or nothing came in time. */
  | "cut";

/** The end of a connection, as the log shows it. */
export class ConnectionFailure extends Error {
  override readonly name = "ConnectionFailure";
  readonly kind: FailureKind;
  /** The SQLSTATE, or the code of the system or the driver. */
  readonly code: string | undefined;
  /** What the other side said, as one word such as `query_timeout`; without what it quoted. */
  readonly said: string | undefined;

  constructor(kind: FailureKind, error: ErrorFields) {
    super(`The connection failed: ${kind}`, { cause: error });
    this.kind = kind;
    this.code = error.code;
    this.said = isAnswer(error) ? toWord(error.message) : undefined;
  }
}

/** What a driver's error has, as far as it is looked at. */
export interface ErrorFields {
  /** "PostgresError" where it is an ErrorResponse of the other side. */
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  /** The field V, never translated; a pooler may send the field S alone. */
  readonly severity?: string;
  readonly severity_local?: string;
}

/** What {@link judgeFailure} says. */
export interface Verdict {
  /** Whether the connection can carry another message. */
  readonly usable: boolean;
  /** What the sender of the message is told. */
  readonly error: unknown;
}

// Errors of a login, which a pooler hands on to a client whose message waits: the message was not run.
const LOGIN_STATES = new Set([
  "28000", // invalid_authorization_specification
  "28P01", // invalid_password
  "3D000", // invalid_catalog_name
  "53300", // too_many_connections
  "57P03", // cannot_connect_now
]);
// PgBouncer ends a session with it whatever the reason, older ones with severity ERROR.
const PROTOCOL_VIOLATION = "08P01";
const CERTIFICATE =
  /^(?:ERR_TLS_CERT_|CERT_|UNABLE_TO_(?:GET|VERIFY|DECODE|DECRYPT)_|SELF_SIGNED_CERT|DEPTH_ZERO_|HOSTNAME_MISMATCH$|INVALID_(?:CA|PURPOSE)$)/;
const UNREACHABLE =
  /^(?:ECONNREFUSED|EADDRNOTAVAIL|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|ENOTFOUND|EAI_\w+|CONNECT_TIMEOUT)$/;

/** Whether a code says that the server's certificate was not accepted: https://nodejs.org/api/tls.html */
export function isCertificateError(code: string | undefined): boolean {
  return code !== undefined && CERTIFICATE.test(code);
}

/**
 * Judges what was thrown while a message waited for its answer.
 * @param sent whether any byte of the message was written
 * @returns the database's own error as it is, and a usable connection; for whatever ended or spoilt the
 *   connection an AppError: DATABASE_UNAVAILABLE whose cause is a {@link ConnectionFailure}, with outcome
 *   unknown where the message may have been run
 */
export function judgeFailure(error: unknown, sent: boolean): Verdict {
  if (error instanceof AppError) return { usable: false, error };
  const fields = toFields(error);
  if (sent && isAnswer(fields) && severityOf(fields) === "ERROR") {
    // enter_tenant found settings under which no literal is safe; they would be found again.
    if (fields.code === "RH500") return { usable: false, error };
    if (fields.code !== PROTOCOL_VIOLATION) return { usable: true, error };
  }
  const kind = kindOf(fields, sent);
  const unsent =
    !sent || kind === "unreachable" || kind === "certificate" || kind === "login_refused";
  const problem = unsent ? "no connection could be made" : "the connection was refused or lost";
  return {
    usable: false,
    error: new AppError("DATABASE_UNAVAILABLE", `Cannot reach the database: ${problem}`, {
      cause: new ConnectionFailure(kind, fields),
      ...(unsent ? {} : { outcome: "unknown" as const }),
    }),
  };
}

function kindOf(fields: ErrorFields, sent: boolean): FailureKind {
  if (isAnswer(fields)) {
    return !sent || LOGIN_STATES.has(fields.code ?? "") ? "login_refused" : "ended";
  }
  if (isCertificateError(fields.code)) return "certificate";
  return UNREACHABLE.test(fields.code ?? "") ? "unreachable" : "cut";
}

function toFields(error: unknown): ErrorFields {
  return typeof error === "object" && error !== null ? error : {};
}

function isAnswer({ name }: ErrorFields): boolean {
  return name === "PostgresError";
}

function severityOf({ severity, severity_local: local }: ErrorFields): string | undefined {
  return severity ?? local;
}

/** What a FATAL says is of the session and not of rows; what it quotes are names. */
function toWord(message: string | undefined): string | undefined {
  const words = message?.replaceAll(/"[^"]*"|'[^']*'/g, "").match(/[\w.]+/g);
  return words?.join("-").slice(0, 100);
}
