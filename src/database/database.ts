// Runs messages and transactions, each on a connection that nothing else uses meanwhile. The caller writes the SQL.
// Nothing is ever sent twice.

import type { Secret } from "../environment.ts";
import { type DatabaseAddress, parseAddress } from "./wire/address.ts";
import { Connection } from "./connection.ts";
import { DATABASE_DEFAULTS, type DatabaseOptions } from "./options.ts";
import type { Answer, Message, Statement } from "./message.ts";
import { type ConnectionCounts, Pool } from "./pool/pool.ts";
import type { TransactionMode } from "./transaction-mode.ts";
import type { Results, Row } from "./values/rows.ts";

/** One transaction on one connection. */
export interface Link {
  /** Sends statements as one message within the transaction. */
  send(statements: readonly Statement[]): Promise<Results>;
  /** Runs `work` in a savepoint. When it throws, undoes the statements of `work` and rethrows the error. */
  savepoint<T>(work: (link: Link) => Promise<T>): Promise<T>;
}

/** The entry, the share, the signal and the mode of a transaction. */
export interface Beginning extends Omit<Message, "statements"> {
  readonly mode?: TransactionMode | undefined;
}

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
    transaction(work, { entry = "", mode, ...claim }: Beginning = {}) {
      return pool.run((connection) => connection.transact(entry, work, mode), claim);
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
