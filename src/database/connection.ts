// One connection of postgres.js: opened so that it is safe behind a transaction pooler, connected at
// most once for a message, and judged by its errors. No prepared statements, no type look-ups, no
// session settings in the startup packet. https://www.pgbouncer.org/features.html

import postgres from "postgres";
import { ARRAY_TYPES } from "./array-types.ts";
import type { DatabaseAddress } from "./address.ts";
import type { Config } from "../config.ts";
import type { Connection } from "./pool.ts";
import { ResultSize } from "./result-limit.ts";
import { AppError } from "../errors.ts";

/** What {@link openDatabase} needs of the configuration. */
export type DatabaseConfig = Pick<
  Config,
  | "DATABASE_URL"
  | "DATABASE_CONNECTIONS"
  | "CONNECT_TIMEOUT_MS"
  | "REQUEST_TIMEOUT_MS"
  | "MAX_RESPONSE_ROWS"
  | "MAX_RESPONSE_BYTES"
>;

const READS_PER_CONNECT = 2;
const IDLE_SECONDS = 60;
// A pooler's new address, after it has moved, is found in this time.
const MAX_LIFETIME_SECONDS = 1800;

/** One connection of postgres.js. */
export interface PostgresConnection extends Connection {
  readonly sql: postgres.Sql;
  /**
   * Lets postgres.js connect once more: before each message. A server that accepts and closes makes
   * postgres.js 3.4.9 connect again without a pause, for as long as a query waits.
   */
  allowConnect(): void;
  /** Counts the rows of the next message from none. */
  expectRows(): void;
  /** Called when the socket has closed, whoever closed it. For whoever waits for an answer to set. */
  onClosed: () => void;
}

/** Makes a connection; it connects when its first message is sent. */
export function openConnection(
  config: DatabaseConfig,
  address: DatabaseAddress,
): PostgresConnection {
  const { port, password } = address;
  // postgres.js reads the first port when it connects, and again when it has begun to. Port 0 refuses.
  let reads = 0;
  const ports = Object.defineProperty([port], 0, {
    get() {
      reads += 1;
      return connection.usable && reads <= READS_PER_CONNECT ? port : 0;
    },
  });
  const size = new ResultSize(config);
  // Everything is said here: what is left out, postgres.js takes from PG… environment variables.
  const options = {
    host: [address.host],
    port: ports,
    database: address.database,
    user: address.user,
    pass: () => password,
    // By its own name for a mode, postgres.js 3.4.9 checks the certificate of an address for "localhost".
    ssl: address.sslMode === "prefer" ? "prefer" : address.tls,
    sslnegotiation: null,
    max: 1,
    max_pipeline: 1,
    prepare: false,
    fetch_types: false,
    connect_timeout: config.CONNECT_TIMEOUT_MS / 1000,
    idle_timeout: IDLE_SECONDS,
    max_lifetime: MAX_LIFETIME_SECONDS,
    keep_alive: 60,
    backoff: () => 0.1,
    debug: false,
    publications: "",
    target_session_attrs: null,
    types: ARRAY_TYPES,
    transform: { row: { from: (row: Record<string, unknown>) => size.add(row) } },
    connection: { application_name: address.applicationName ?? "rowhouse" },
    onnotice: () => {},
    onclose: () => connection.onClosed(),
  };
  const connection: PostgresConnection = {
    usable: true,
    // postgres.js's types know some of these by other names, or not at all.
    sql: postgres(options as unknown as postgres.Options<Record<string, never>>),
    allowConnect() {
      reads = 0;
    },
    expectRows: () => size.clear(),
    onClosed: () => {},
    discard() {
      connection.usable = false;
      void connection.sql.end({ timeout: 0 }).catch(() => {});
    },
    end: (seconds) => connection.sql.end({ timeout: seconds }),
  };
  return connection;
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
 * What an error of postgres.js means. An ErrorResponse of severity ERROR leaves the connection in
 * order. After anything else its state is in doubt: a FATAL, too, is followed by the end of the
 * connection, and the next message on it would be answered with the same error without being sent.
 */
export function judge(connection: Connection, error: unknown): unknown {
  const fields = error instanceof Error ? (error as Error & Record<string, unknown>) : undefined;
  if (
    fields?.name === "PostgresError" &&
    (fields["severity"] ?? fields["severity_local"]) === "ERROR"
  ) {
    // enter_tenant found settings under which no literal is safe; they would be found again.
    if (fields["code"] === "RH500") connection.usable = false;
    return error;
  }
  connection.usable = false;
  if (error instanceof AppError) return error;
  const unsent = NOT_SENT.has(String(fields?.["code"]));
  const problem = unsent ? "no connection could be made" : "the connection was refused or lost";
  return new AppError("DATABASE_UNAVAILABLE", `Cannot reach the database: ${problem}`, {
    cause: error,
    ...(unsent ? {} : { outcome: "unknown" as const }),
  });
}
