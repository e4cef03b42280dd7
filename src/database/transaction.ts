// Runs an interactive transaction in messages of its own: BEGIN with the entry, statements, savepoints, COMMIT or
// ROLLBACK. postgres.js's own `begin` (3.4.9) sends ROLLBACK on a closed socket from a timer, where a caller cannot
// catch the error. Here nothing is sent on a connection whose state is in doubt.

import { AppError, sqlState } from "../errors.ts";
import { ENTRY_RESULTS, type Statement } from "./message.ts";
import { beginText, type TransactionMode } from "./transaction-mode.ts";
import type { Results, Row } from "./values/rows.ts";

// in_failed_sql_transaction: the error of an earlier statement is the real one.
const IN_FAILED_TRANSACTION = "25P02";

/** The answer to one message of a transaction. */
export interface Reply {
  readonly results: Results;
  /** The command of the last statement, such as "COMMIT". */
  readonly command: string | undefined;
}

/** The connection of a transaction. */
export interface Line {
  send(statements: readonly Statement[]): Promise<Reply>;
  /** False once the connection's state is in doubt; nothing may be sent from then on. */
  isUsable(): boolean;
}

/**
 * Runs `work` in a transaction. A failed statement undoes all of it, even when `work` catches the error. Before it
 * sends COMMIT or ROLLBACK, it waits for statements that `work` did not await: one may still fail, and a late
 * savepoint would reach the connection's next user.
 * @param entry the SQL that enters a tenant; "" for a transaction without a tenant
 * @param mode stands in BEGIN
 * @throws {AppError} DATABASE_UNAVAILABLE, with outcome unknown only when COMMIT was sent
 */
export async function runTransaction<T>(
  line: Line,
  entry: string,
  work: (scope: Scope, entered: Row | undefined) => Promise<T>,
  mode: TransactionMode = {},
): Promise<T> {
  const begin = beginText(mode);
  let committing = false;
  try {
    const { results } = await line.send([entry === "" ? begin : `${begin};${entry}`]);
    const scope = new Scope(line);
    const value = await scope.run((inner) => work(inner, results[ENTRY_RESULTS - 1]?.[0]));
    committing = true;
    const { command } = await line.send(["commit"]);
    // PostgreSQL answers ROLLBACK to a COMMIT of a transaction that has failed.
    if (command !== "COMMIT") throw new Error("Cannot commit: the transaction was undone");
    return value;
  } catch (error) {
    if (line.isUsable()) await line.send(["rollback"]).catch(() => {});
    throw committing ? error : undone(error);
  }
}

/** Removes the unknown outcome: PostgreSQL undoes a transaction without COMMIT, even when its connection is lost. */
function undone(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== "DATABASE_UNAVAILABLE") return error;
  return new AppError("DATABASE_UNAVAILABLE", error.message, { cause: error.cause });
}

/** The statements of a transaction or of one of its savepoints. After its end, every use throws. */
export class Scope {
  readonly #line: Line;
  /** Counts the savepoints of the whole transaction, so that each has a different name. */
  readonly #savepoints: { count: number };
  readonly #begun = new Set<Promise<unknown>>();
  #failure: { readonly error: unknown } | undefined;
  #ended = false;

  constructor(line: Line, savepoints = { count: 0 }) {
    this.#line = line;
    this.#savepoints = savepoints;
  }

  /** Sends statements as one message. */
  async send(statements: readonly Statement[]): Promise<Results> {
    this.#check();
    const { results } = await this.#track(this.#line.send(statements));
    return results;
  }

  /** Runs `work` in a savepoint. When it throws, undoes the statements of `work` and rethrows the error. */
  async savepoint<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
    this.#check();
    const name = `rowhouse_${(this.#savepoints.count += 1)}`;
    return this.#hold(this.#under(name, work));
  }

  /**
   * Runs `work`, and waits for the statements that it began.
   * @throws the error that `work` throws, else the error of a failed statement
   */
  async run<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
    let value: T;
    try {
      value = await work(this);
    } catch (error) {
      await this.#end();
      throw sqlState(error) === IN_FAILED_TRANSACTION && this.#failure
        ? this.#failure.error
        : error;
    }
    await this.#end();
    if (this.#failure !== undefined) throw this.#failure.error;
    return value;
  }

  async #end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#begun);
  }

  async #under<T>(name: string, work: (scope: Scope) => Promise<T>): Promise<T> {
    await this.#track(this.#line.send([`savepoint ${name}`]));
    const scope = new Scope(this.#line, this.#savepoints);
    try {
      return await scope.run(work);
    } catch (error) {
      if (this.#line.isUsable()) {
        const text = `rollback to savepoint ${name};release savepoint ${name}`;
        await this.#track(this.#line.send([text])).catch(() => {});
      } else this.#failure ??= { error };
      throw error;
    }
  }

  #check(): void {
    if (this.#ended) throw new Error("Cannot send: the transaction has ended");
    if (this.#line.isUsable()) return;
    throw new AppError("DATABASE_UNAVAILABLE", "Cannot send: the transaction's connection is lost");
  }

  /** Remembers the failure of a message of this scope. */
  #track<T>(sent: Promise<T>): Promise<T> {
    return this.#hold(
      sent.catch((error: unknown) => {
        this.#failure ??= { error };
        throw error;
      }),
    );
  }

  #hold<T>(begun: Promise<T>): Promise<T> {
    const ended: Promise<unknown> = begun.then(
      () => this.#begun.delete(ended),
      () => this.#begun.delete(ended),
    );
    this.#begun.add(ended);
    return begun;
  }
}
