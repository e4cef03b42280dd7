// Judges an error that came instead of an answer. It is either PostgreSQL's own error, after which the connection stays
// usable, or the end of the connection. Then this file decides how it ended and whether the message was sent. Pure.

import { AppError } from "../../errors.ts";

/** How a connection ended. */
type FailureKind =
  /** The service could not reach the server. */
  | "unreachable"
  /** The service did not accept the server's certificate. */
  | "certificate"
  /** The server or a pooler refused the login. */
  | "login_refused"
  /** The server or a pooler ended the session and gave a reason. */
  | "ended"
  /** The connection was cut, or an answer did not come in time. */
  | "cut";

/** The error for the end of a connection, as the log shows it. */
class ConnectionFailure extends Error {
  override readonly name = "ConnectionFailure";
  readonly kind: FailureKind;
  /** The SQLSTATE, or the code of the operating system or the driver. */
  readonly code: string | undefined;
  /** The reason of the server or pooler as one word, such as `query_timeout`; its quoted names are left out. */
  readonly said: string | undefined;

  constructor(kind: FailureKind, error: ErrorFields) {
    super(`Cannot use the connection: ${kind}`, { cause: error });
    this.kind = kind;
    this.code = error.code;
    this.said = isAnswer(error) ? toWord(error.message) : undefined;
  }
}

/** The fields of a driver's error that this file reads. */
export interface ErrorFields {
  /** "PostgresError" for an ErrorResponse of the server or pooler. */
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  /** The field V, which is never translated; a pooler may send only the field S. */
  readonly severity?: string;
  readonly severity_local?: string;
  /** The function of the server that raised the error; a pooler's own error has none. */
  readonly routine?: string;
}

/** The result of {@link judgeFailure}. */
export interface Verdict {
  /** Whether the connection can carry another message. */
  readonly usable: boolean;
  /** The error for the sender of the message. */
  readonly error: unknown;
}

const TOO_MANY_CONNECTIONS = "53300";
// The words of PgBouncer, which has no SQLSTATE for it, and of Supavisor.
const FULL_POOLER =
  /^no more connections allowed|\(max_(?:db|user)_client_connections\)|\bmax client(?: connection)?s reached\b/i;
// Errors of a login. A pooler passes them to a client whose message waits; the server did not run the message.
const LOGIN_STATES = new Set([
  "28000", // invalid_authorization_specification
  "28P01", // invalid_password
  "3D000", // invalid_catalog_name
  TOO_MANY_CONNECTIONS,
  "57P03", // cannot_connect_now
]);
// PgBouncer ends a session with it for any reason; older versions do so with severity ERROR.
const PROTOCOL_VIOLATION = "08P01";
const CERTIFICATE =
  /^(?:ERR_TLS_CERT_|CERT_|UNABLE_TO_(?:GET|VERIFY|DECODE|DECRYPT)_|SELF_SIGNED_CERT|DEPTH_ZERO_|HOSTNAME_MISMATCH$|INVALID_(?:CA|PURPOSE)$)/;
const UNREACHABLE =
  /^(?:ECONNREFUSED|EADDRNOTAVAIL|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|ENOTFOUND|EAI_\w+|CONNECT_TIMEOUT)$/;

/** Whether a server or pooler refused a login because it has as many connections as it takes. */
export function isFull(error: unknown): boolean {
  const fields = toFields(error);
  if (!isAnswer(fields)) return false;
  return fields.code === TOO_MANY_CONNECTIONS || FULL_POOLER.test(fields.message ?? "");
}

/** Whether a code means that the client rejected the server's certificate: https://nodejs.org/api/tls.html */
export function isCertificateError(code: string | undefined): boolean {
  return code !== undefined && CERTIFICATE.test(code);
}

/**
 * Judges an error that was thrown while a message waited for its answer.
 * @param sent whether any byte of the message was written
 * @returns the database's own error unchanged, with a usable connection; for an error that ended the connection or
 *   left it in doubt, DATABASE_UNAVAILABLE whose cause is a {@link ConnectionFailure}, with outcome unknown when the
 *   server may have run the message
 */
export function judgeFailure(error: unknown, sent: boolean): Verdict {
  if (error instanceof AppError) return { usable: false, error };
  const fields = toFields(error);
  if (sent && isAnswer(fields) && severityOf(fields) === "ERROR") {
    // RH500: enter_tenant found settings under which literals are not safe, and they last as long as the connection.
    if (fields.code === "RH500") return { usable: false, error };
    // A function of a tenant may raise it as well, through the server.
    const isPoolers = fields.code === PROTOCOL_VIOLATION && fields.routine === undefined;
    if (!isPoolers) return { usable: true, error };
  }
  const kind = kindOf(fields, sent);
  const unsent =
    !sent || kind === "unreachable" || kind === "certificate" || kind === "login_refused";
  const problem = unsent ? "the service could not connect" : "the connection was refused or lost";
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

/** The words of a message outside its quotes. A FATAL describes the session, never rows; the quotes hold names. */
function toWord(message: string | undefined): string | undefined {
  const words = message?.replaceAll(/"[^"]*"|'[^']*'/g, "").match(/[\w.]+/g);
  return words?.join("-").slice(0, 100);
}
