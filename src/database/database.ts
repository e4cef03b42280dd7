// Messages and transactions, each on a connection of its own for as long as it takes, and nothing of
// SQL: whoever calls brings the message. Nothing is ever sent twice.

import type { TransactionSql } from "postgres";
import { parseAddress } from "./address.ts";
import { type ConnectionCounts, Connections } from "./pool.ts";
import {
  type DatabaseConfig,
  judge,
  openConnection,
  type PostgresConnection,
} from "./connection.ts";

/** What {@link openDatabase} needs of the configuration. */
export type { DatabaseConfig } from "./connection.ts";

/** One row by column name. Types: as postgres.js reads them; int8 and numeric are strings. */
export type Row = Record<string, unknown>;

/** The rows of each statement of a message that has any, in the order of the statements. */
export type Results = readonly (readonly Row[])[];

/** One transaction on one connection. */
export interface Link {
  /** Sends one message within the transaction; `statements` as in {@link Database.send}. */
  send(message: string, statements?: readonly string[]): Promise<Results>;
  /** Runs `work` under a savepoint: when it throws, what it did is undone and the error passed on. */
  savepoint<T>(work: (link: Link) => Promise<T>): Promise<T>;
}

/** The database as the rest of the service sees it; made by {@link openDatabase}. */
export interface Database {
  /**
   * Sends one message (one Query frame of the simple protocol): one implicit transaction.
   * @param owner whose it is, such as a host: one owner has three quarters of the connections at most
   * @param statements those of the message that are the caller's own, for whoever watches
   * @throws {AppError} OVERLOADED before anything was sent; DATABASE_UNAVAILABLE when there was no
   *   connection, or, with outcome unknown, when it was lost or took too long
   * @throws postgres.js's PostgresError, with the SQLSTATE as `code`: all of the message is undone
   */
  send(message: string, owner?: string, statements?: readonly string[]): Promise<Results>;
  /** Runs `work` between BEGIN and COMMIT on one connection. Errors: as {@link Database.send}. */
  transaction<T>(work: (link: Link) => Promise<T>, owner?: string): Promise<T>;
  /** Refuses what comes, lets what runs end for at most `seconds`, closes every connection. */
  close(seconds: number): Promise<void>;
}

/** A {@link Database} with its connections. */
export interface OpenDatabase extends Database {
  /** How many connections there are at this moment, and how much waits for one. */
  counts(): ConnectionCounts;
}

/** Opens the database: nothing is sent before the first message. Whoever opens it closes it. */
export function openDatabase(config: DatabaseConfig): OpenDatabase {
  const address = parseAddress(config.DATABASE_URL.reveal());
  const connections = new Connections(config.DATABASE_CONNECTIONS, config.REQUEST_TIMEOUT_MS, () =>
    openConnection(config, address),
  );
  return {
    send: (message, owner) =>
      connections.run((connection) => {
        connection.allowConnect();
        return send(connection, connection.sql, message);
      }, owner),
    transaction: (work, owner) =>
      connections.run((connection) => transact(connection, work), owner),
    counts: () => connections.counts(),
    close: (seconds) => connections.close(seconds),
  };
}

/**
 * A message of postgres.js 3.4.9; `active` from when it is written, or seems to be, until it is answered, and `state`
 * null until it is written.
 */
type Sent = PromiseLike<unknown> & { readonly active?: boolean; readonly state?: unknown };

function send(
  connection: PostgresConnection,
  sql: { unsafe(text: string): { simple(): Sent } },
  message: string,
): Promise<Results> {
  connection.expectRows();
  return new Promise((resolve, reject) => {
    const sent = sql.unsafe(message).simple();
    const fail = (error: unknown): void => reject(judge(connection, error, sent.state !== null));
    // postgres.js 3.4.9 forgets a message that it takes between a socket's error and the socket's end: what
    // is still active when the connection has closed is never answered.
    connection.onClosed = () => {
      if (sent.active) fail(Object.assign(new Error("Lost"), { code: "CONNECTION_CLOSED" }));
    };
    sent.then((result) => resolve(toResults(result)), fail);
  });
}

/** One statement with rows gives its result itself, an array with `columns`; several an array of them. */
function toResults(result: unknown): Results {
  return (Array.isArray(result) && "columns" in result ? [result] : result) as Results;
}

async function transact<T>(
  connection: PostgresConnection,
  work: (link: Link) => Promise<T>,
): Promise<T> {
  connection.allowConnect();
  let started = false;
  let ended = false;
  let thrown: { error: unknown } | undefined;
  const begun: Promise<unknown>[] = [];
  // Later the same connection serves another tenant: a link that outlives its transaction is dead.
  const check = (): void => {
    if (ended || !connection.usable) throw new Error("Cannot send: the transaction has ended");
  };
  const keep = <V>(work: Promise<V>): Promise<V> => {
    begun.push(work.catch(() => {}));
    return work;
  };
  const linkTo = (sql: TransactionSql): Link => ({
    async send(message) {
      check();
      return keep(send(connection, sql, message));
    },
    async savepoint(inner) {
      check();
      const value = sql.savepoint((nested) => inner(linkTo(nested)));
      return keep(value as ReturnType<typeof inner>);
    },
  });
  // What nobody awaited ends before COMMIT or ROLLBACK is sent: a statement may fail yet, and a
  // savepoint's "rollback to" would meet the savepoint of the same name of whoever is next.
  const settle = async (): Promise<void> => {
    ended = true;
    await Promise.all(begun);
  };
  try {
    return (await connection.sql.begin(async (sql) => {
      started = true;
      try {
        let value: T;
        try {
          value = await work(linkTo(sql));
        } finally {
          await settle();
        }
        if (!connection.usable) throw new Error("Cannot commit: the transaction was given up");
        return value;
      } catch (error) {
        thrown = { error };
        throw error;
      }
    })) as T;
  } catch (error) {
    throw thrown?.error === error ? error : judge(connection, error, started);
  }
}
