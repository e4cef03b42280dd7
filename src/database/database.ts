// A database as the service sees it: it runs messages and transactions, each on a connection that nothing else uses
// meanwhile. The caller writes the SQL. What may have had an effect is never sent twice.

import type { Answer, Message, Statement } from "./message.ts";
import type { ConnectionCounts } from "./pool/pool.ts";
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

/** A database that runs messages and transactions; made by `openDatabase`. */
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
   * @param work gets the link, the row of the entry, and where there are several databases the name of this one
   */
  transaction<T>(
    work: (link: Link, entered: Row | undefined, database?: string) => Promise<T>,
    beginning?: Beginning,
  ): Promise<T>;
  /** The databases beside home, by name; left out where there is one alone. */
  readonly others?: ReadonlyMap<string, Database> | undefined;
  /** Rejects new work, waits at most `seconds` for running work, and closes every connection. */
  close(seconds: number): Promise<void>;
}

/** A {@link Database} that also counts its connections. */
export interface OpenDatabase extends Database {
  readonly others?: ReadonlyMap<string, OpenDatabase> | undefined;
  /** The connections at this moment, and the messages that wait for one. */
  counts(): ConnectionCounts;
}
