// Messages and transactions, each on a connection of its own for as long as it takes, and nothing of SQL: the
// caller brings the message. Nothing is ever sent twice.

import type { Secret } from "../environment.ts";
import { type DatabaseAddress, parseAddress } from "./address.ts";
import { Connection } from "./connection.ts";
import type { Answer, Message } from "./message.ts";
import { type ConnectionCounts, Pool } from "./pool.ts";
import type { Results, Row } from "./rows.ts";

/** What {@link openDatabase} takes. */
export interface DatabaseOptions {
  /**
   * `postgres://USER:PASSWORD@HOST:PORT/DATABASE` of the service role, with the parameters `sslmode`, `sslrootcert`
   * and `application_name` at most.
   */
  readonly url: string | Secret;
  /** Connections at most; 64 by default. They are opened as they are needed. */
  readonly connections?: number;
  /** Connections that one tenant uses at once, at most; 16 by default. */
  readonly tenantConnections?: number;
  /** How long opening a connection may take, in milliseconds; 5,000 by default. */
  readonly connectTimeoutMs?: number;
  /** How long a message or a transaction may take, in milliseconds; 15,000 by default. */
  readonly requestTimeoutMs?: number;
  /** Rows that a message may answer; 10,000 by default. */
  readonly maxRows?: number;
  /** Bytes that a message may answer; 8 MiB by default. */
  readonly maxBytes?: number;
}

/** What holds where an option is left out. */
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
  /** Runs `work` under a savepoint: when it throws, what it did is undone and the error passed on. */
  savepoint<T>(work: (link: Link) => Promise<T>): Promise<T>;
}

/** What a transaction begins with. */
export type Beginning = Omit<Message, "statements">;

/** The database as the rest of the service sees it; made by {@link openDatabase}. */
export interface Database {
  /**
   * Sends one message: one implicit transaction.
   * @throws {AppError} OVERLOADED or CLIENT_GONE before anything was sent; DATABASE_UNAVAILABLE when there was
   *   no connection, or, with outcome unknown, when it was lost or took too long; RESULT_TOO_LARGE
   * @throws postgres.js's PostgresError, with the SQLSTATE as `code`: all of the message is undone
   */
  send(message: Message): Promise<Answer>;
  /**
   * Runs `work` between BEGIN and COMMIT on one connection. Errors: as {@link Database.send}.
   * @param work gets the link and the row of the entry
   */
  transaction<T>(
    work: (link: Link, entered: Row | undefined) => Promise<T>,
    beginning?: Beginning,
  ): Promise<T>;
  /** Refuses what comes, lets what runs end for at most `seconds`, closes every connection. */
  close(seconds: number): Promise<void>;
}

/** A {@link Database} with its connections. */
export interface OpenDatabase extends Database {
  /** How many connections there are at this moment, and how many messages wait for one. */
  counts(): ConnectionCounts;
}

/**
 * Opens a database. Nothing is sent before the first message. The one who opens it closes it.
 * @throws {TypeError} for a URL that cannot be read; nothing of the URL stands in its message
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
    throw new TypeError(`Cannot open database: of its URL, ${problem}`, { cause });
  }
}
