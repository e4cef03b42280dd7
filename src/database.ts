// postgres.js, opened so that it is safe behind a transaction pooler, and nothing of SQL: whoever
// calls brings the message. No prepared statements, no type look-ups, no session settings in the
// startup packet, no retry. https://www.pgbouncer.org/features.html

import postgres from "postgres";
import { ARRAY_TYPES } from "./array.ts";
import { type Connection, Connections } from "./connections.ts";
import type { Config } from "./config.ts";
import { AppError } from "./errors.ts";

/** One row by column name. Types: as postgres.js reads them; int8 and numeric are strings. */
export type Row = Record<string, unknown>;

/** The rows of each statement of a message that has any, in the order of the statements. */
export type Results = readonly (readonly Row[])[];

/** One transaction on one connection. */
export interface Link {
  /** Sends one message within the transaction. */
  send(message: string): Promise<Results>;
  /** Runs `work` under a savepoint: when it throws, what it did is undone and the error passed on. */
  savepoint<T>(work: (link: Link) => Promise<T>): Promise<T>;
}

/** The database as the rest of the service sees it; made by {@link openDatabase}. */
export interface Database {
  /**
   * Sends one message (one Query frame of the simple protocol): one implicit transaction.
   * @throws {AppError} OVERLOADED before anything was sent; DATABASE_UNAVAILABLE when there was no
   *   connection, or, with outcome unknown, when it was lost or took too long
   * @throws postgres.js's PostgresError, with the SQLSTATE as `code`: all of the message is undone
   */
  send(message: string): Promise<Results>;
  /** Runs `work` between BEGIN and COMMIT on one connection. Errors: as {@link Database.send}. */
  transaction<T>(work: (link: Link) => Promise<T>): Promise<T>;
  /** Refuses what comes, lets what runs end for at most `seconds`, closes every connection. */
  close(seconds: number): Promise<void>;
}

/** What {@link openDatabase} needs of the configuration. */
export type DatabaseConfig = Pick<
  Config,
  "DATABASE_URL" | "DATABASE_CONNECTIONS" | "CONNECT_TIMEOUT_MS" | "REQUEST_TIMEOUT_MS"
>;

const IDLE_SECONDS = 60;
// A pooler's new address, after it has moved, is found in this time.
const MAX_LIFETIME_SECONDS = 1800;

/** Opens the database: nothing is sent before the first message. Whoever opens it closes it. */
export function openDatabase(config: DatabaseConfig): Database {
  const connections = new Connections(config.DATABASE_CONNECTIONS, config.REQUEST_TIMEOUT_MS, () =>
    open(config),
  );
  return {
    send: (message) => connections.run((connection) => send(connection, connection.sql, message)),
    transaction: (work) => connections.run((connection) => transact(connection, work)),
    close: (seconds) => connections.close(seconds),
  };
}

interface PostgresConnection extends Connection {
  readonly sql: postgres.Sql;
}

function open(config: DatabaseConfig): PostgresConnection {
  const url = new URL(config.DATABASE_URL.reveal());
  const sslmode = url.searchParams.get("sslmode") ?? "disable";
  const password = decodeURIComponent(url.password);
  // Everything is said here: what is left out, postgres.js takes from PG… environment variables.
  const options = {
    host: [url.hostname.replace(/^\[(.*)\]$/, "$1")],
    port: [Number(url.port || 5432)],
    database: decodeURIComponent(url.pathname.slice(1)),
    user: decodeURIComponent(url.username),
    pass: () => password,
    ssl: sslmode === "disable" ? false : sslmode,
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
    connection: { application_name: url.searchParams.get("application_name") ?? "rowhouse" },
    onnotice: () => {},
  };
  // postgres.js's types know some of these by other names, or not at all.
  const sql = postgres(options as unknown as postgres.Options<Record<string, never>>);
  return {
    sql,
    usable: true,
    discard: () => void sql.end({ timeout: 0 }).catch(() => {}),
    end: (seconds) => sql.end({ timeout: seconds }),
  };
}

async function send(
  connection: PostgresConnection,
  sql: { unsafe(text: string): { simple(): PromiseLike<unknown> } },
  message: string,
): Promise<Results> {
  let result: unknown;
  try {
    result = await sql.unsafe(message).simple();
  } catch (error) {
    throw judge(connection, error);
  }
  // One statement with rows: its result itself, an array with `columns`. Several: an array of them.
  return (Array.isArray(result) && "columns" in result ? [result] : result) as Results;
}

async function transact<T>(
  connection: PostgresConnection,
  work: (link: Link) => Promise<T>,
): Promise<T> {
  let ended = false;
  let thrown: { error: unknown } | undefined;
  const linkTo = (sql: postgres.TransactionSql): Link => ({
    send: (message) => {
      // Later the same connection serves another tenant: a link that outlives its transaction is dead.
      if (ended) return Promise.reject(new Error("Cannot send: the transaction has ended"));
      return send(connection, sql, message);
    },
    savepoint: (inner) => {
      if (ended)
        return Promise.reject(new Error("Cannot set savepoint: the transaction has ended"));
      return sql.savepoint((nested) => inner(linkTo(nested))) as ReturnType<typeof inner>;
    },
  });
  try {
    return (await connection.sql.begin(async (sql) => {
      try {
        return await work(linkTo(sql));
      } catch (error) {
        thrown = { error };
        throw error;
      } finally {
        ended = true;
      }
    })) as T;
  } catch (error) {
    throw thrown?.error === error ? error : judge(connection, error);
  }
}

// Errors of a connection that was never made: the message cannot have been sent.
const NOT_SENT = new Set([
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/**
 * What an error of postgres.js means. An ErrorResponse of severity ERROR leaves the connection in
 * order. After anything else its state is in doubt: a FATAL, too, is followed by the end of the
 * connection, and the next message on it would be answered with the same error without being sent.
 */
function judge(connection: Connection, error: unknown): unknown {
  const fields = error instanceof Error ? (error as Error & Record<string, unknown>) : undefined;
  if (
    fields?.name === "PostgresError" &&
    (fields["severity"] ?? fields["severity_local"]) === "ERROR"
  ) {
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
