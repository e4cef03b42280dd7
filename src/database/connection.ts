// One connection of postgres.js: opened so that it is safe behind a transaction pooler, connected at
// most once for a message, and judged by its errors. No prepared statements, no type look-ups, no
// session settings in the startup packet. https://www.pgbouncer.org/features.html

import postgres from "postgres";
import { ARRAY_TYPES } from "./array-types.ts";
import type { DatabaseAddress } from "./address.ts";
import type { Config } from "../config.ts";
import { judgeFailure } from "./failure.ts";
import type { Connection } from "./pool.ts";
import { ResultSize } from "./result-limit.ts";

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

/**
 * What an error of postgres.js means: {@link judgeFailure} has the rules. A connection in doubt is used no more.
 * @param sent whether any byte of the message was written
 */
export function judge(connection: Connection, error: unknown, sent: boolean): unknown {
  const verdict = judgeFailure(error, sent);
  if (!verdict.usable) connection.usable = false;
  return verdict.error;
}
