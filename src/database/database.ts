// Runs messages and transactions, each on a connection that nothing else uses meanwhile. The caller writes the SQL.
// Nothing is ever sent twice.

import type { Secret } from "../environment.ts";
import { type DatabaseAddress, parseAddress } from "./address.ts";
import { Connection } from "./connection.ts";
import type { Answer, Message } from "./message.ts";
import { type ConnectionCounts, Pool } from "./pool.ts";
import type { Results, Row } from "./rows.ts";

/** The options of {@link openDatabase}. */
export interface DatabaseOptions {
  /**
   * `postgres://USER:PASSWORD@HOST:PORT/DATABASE` of the service role, with the parameters `sslmode`, `sslrootcert`
   * and `application_name` at most.
   */
  readonly url: string | Secret;
  /** The most connections; 64 by default. They are opened as needed. */
  readonly connections?: number;
  /** The most connections that one tenant uses at once; 16 by default. */
  readonly tenantConnections?: number;
  /** How long opening a connection may take, in milliseconds; 5,000 by default. */
  readonly connectTimeoutMs?: number;
  /** How long a message or a transaction may take, in milliseconds; 15,000 by default. */
  readonly requestTimeoutMs?: number;
  /** The most rows that a message may return; 10,000 by default. */
  readonly maxRows?: number;
  /** The most bytes that a message may return; 8 MiB by default. */
  readonly maxBytes?: number;
}

/** The default options. */
export const DATABASE_DEFAULTS: Required<Omit<DatabaseOptions, "url">> = {
  connections: 64,
  tenantConnections: 16,
  connectTimeoutMs: 5000,
  requestTimeoutMs: 15_000,
  maxRows: 10_000,
  maxBytes: 8_388_608,
};

/** One transaction on one connection. */
export interface Link {
  /** Sends statements as one message within the transaction. */
  send(statements: readonly string[]): Promise<Results>;
  /** Runs `work` in a savepoint. When it throws, undoes the statements of `work` and rethrows the error. */
  savepoint<T>(work: (link: Link) => Promise<T>): Promise<T>;
}

/** The entry, the share and the signal of a transaction. */
export type Beginning = Omit<Message, "statements">;

/** A database that runs messages and transactions; made by {@link openDatabase}. */
export interface Database {
  /**
   * Sends one message, which PostgreSQL runs as one implicit transaction.
   * @throws {AppError} OVERLOADED or CLIENT_GONE before anything was sent; DATABASE_UNAVAILABLE when the service could
   *   not connect, or, with outcome unknown, when the connection was lost or took too long; RESULT_TOO_LARGE
   * @throws postgres.js's PostgresError, with the SQLSTATE as `code`; PostgreSQL has undone the whole message
   */
  send(message: Message): Promise<Answer>;
  /**
   * Runs `work` between BEGIN and COMMIT on one connection. Throws as {@link Database.send} does.
   * @param work gets the link and the row of the entry
   */
  transaction<T>(
    work: (link: Link, entered: Row | undefined) => Promise<T>,
    beginning?: Beginning,
  ): Promise<T>;
  /** Rejects new work, waits at most `seconds` for running work, and closes every connection. */
  close(seconds: number): Promise<void>;
}

/** A {@link Database} that also counts its connections. */
export interface OpenDatabase extends Database {
  /** The connections at this moment, and the messages that wait for one. */
  counts(): ConnectionCounts;
}

/**
 * Opens a database; the caller must close it. It connects when the first message is sent.
 * @throws {TypeError} for a URL that cannot be read; its message does not repeat the URL
 * @example
 * ```ts
 * import { openDatabase } from "rowhouse";
 *
 * const database = openDatabase({ url: "postgres://service:secret@127.0.0.1:6432/app", connections: 32 });
 * await database.close(1);
 * ```
 */
export function openDatabase(options: DatabaseOptions): OpenDatabase {
  const all = { ...DATABASE_DEFAULTS, ...options };
  const { connections: max, tenantConnections: maxOfOwner, requestTimeoutMs: timeoutMs } = all;
  const address = readAddress(all.url);
  const pool = new Pool({ max, maxOfOwner, timeoutMs }, () => new Connection({ ...all, address }));
  return {
    send: (message) => pool.run((connection) => connection.send(message), message),
    transaction(work, { entry = "", ...claim }: Beginning = {}) {
      return pool.run((connection) => connection.transact(entry, work), claim);
    },
    counts: () => pool.counts(),
    close: (seconds) => pool.close(seconds),
  };
}

function readAddress(url: string | Secret): DatabaseAddress {
  try {
    return parseAddress(typeof url === "string" ? url : url.reveal());
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : "it cannot be read";
    throw new TypeError(`Cannot open database by its URL: ${problem}`, { cause });
  }
}
