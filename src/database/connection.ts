// One connection of postgres.js. Its options are safe behind a transaction pooler, it connects at most once for a
// piece of work, and it is closed after every error that leaves its state in doubt. It does not use prepared
// statements, type look-ups or session settings. https://www.pgbouncer.org/features.html

import postgres from "postgres";
import { AppError } from "../errors.ts";
import type { DatabaseAddress } from "./wire/address.ts";
import { isFull, judgeFailure } from "./wire/failure.ts";
import { type RawAnswer, readResults, type Sent, toRawAnswer } from "./answer.ts";
import {
  type Answer,
  countersOf,
  ENTRY_RESULTS,
  type Message,
  messageText,
  SERVER_PROCESS,
  type Statement,
} from "./message.ts";
import type { PooledConnection } from "./pool/pooled-connection.ts";
import { markRefusal } from "./refusal.ts";
import { readFirst, type ResultLimits, type Row, RowCounter } from "./values/rows.ts";
import { type Reply, runTransaction, type Scope } from "./transaction.ts";
import type { TransactionMode } from "./transaction-mode.ts";
import { Wire } from "./wire/wire.ts";

/** The options of a connection. */
export interface ConnectionOptions extends ResultLimits {
  readonly address: DatabaseAddress;
  /** How long opening a connection may take, in milliseconds. */
  readonly connectTimeoutMs: number;
}

/** A connection; it connects when its first message is sent. */
export class Connection implements PooledConnection {
  readonly #sql: postgres.Sql;
  readonly #counter: RowCounter;
  readonly #wire: Wire;
  /** One callback for each query that waits for its answer; called when the socket has closed. */
  readonly #waiting = new Set<() => void>();
  #usable = true;
  #refused = false;
  /** Whether a message of the present piece of work was answered. */
  #answered = false;

  constructor(options: ConnectionOptions) {
    this.#counter = new RowCounter(options);
    this.#wire = new Wire(options.address, this.#counter, options.connectTimeoutMs);
    this.#sql = this.#open(options);
  }

  get usable(): boolean {
    return this.#usable;
  }

  get refused(): boolean {
    return this.#refused;
  }

  async readServerProcess(): Promise<string> {
    const { results } = await this.send({ statements: [SERVER_PROCESS] });
    return String(results[0]?.[0]?.["process"]);
  }

  /** Sends one message. Throws as `Database.send` does. */
  async send(message: Message): Promise<Answer> {
    this.#beginWork();
    const { entry, statements } = message;
    const text = messageText(message);
    const answer = await this.#exchange(text, countersOf(statements), entry !== undefined);
    if (entry === undefined) {
      return { entered: undefined, results: readResults(answer, statements, 0) };
    }
    const entered = readFirst(answer[ENTRY_RESULTS - 1]);
    return { entered, results: readResults(answer, statements, ENTRY_RESULTS) };
  }

  /**
   * Runs `work` between BEGIN and COMMIT; BEGIN and the entry are one message. When it returns, the transaction has
   * ended or the connection is not usable any more.
   */
  transact<T>(
    entry: string,
    work: (scope: Scope, entered: Row | undefined) => Promise<T>,
    mode?: TransactionMode,
  ): Promise<T> {
    this.#beginWork();
    let enters = entry !== "";
    const line = {
      send: async (statements: readonly Statement[]): Promise<Reply> => {
        const sent = this.#exchange(messageText({ statements }), countersOf(statements), enters);
        enters = false;
        const answer = await sent;
        this.#wire.endConnecting();
        return {
          results: readResults(answer, statements, 0),
          command: answer.at(-1)?.command ?? undefined,
        };
      },
      isUsable: () => this.#usable,
    };
    return runTransaction(line, entry, work, mode);
  }

  abandon(): void {
    this.#usable = false;
    this.#wire.forbidConnect();
  }

  discard(): void {
    const inDoubt = !this.#usable;
    this.abandon();
    if (inDoubt) this.#wire.cut();
    void this.#sql.end({ timeout: 0 }).catch(() => {});
  }

  end(seconds: number): Promise<void> {
    return this.#sql.end({ timeout: seconds });
  }

  #beginWork(): void {
    this.#wire.allowConnect();
    this.#answered = false;
  }

  /**
   * @param unseen the number of the answer's rows that belong to no result
   * @param enters whether the message has an entry before everything that a tenant's code may take part in
   */
  #exchange(text: string, unseen: number, enters: boolean): Promise<RawAnswer> {
    this.#counter.reset(unseen);
    return new Promise((resolve, reject) => {
      const sent = (this.#sql.unsafe(text).simple() as unknown as Sent).raw();
      const fail = (error: unknown): void => {
        this.#waiting.delete(close);
        // The reason that the server or pooler gave tells more than the closed socket.
        const isOwn =
          error instanceof AppError || Reflect.get(Object(error), "name") === "PostgresError";
        const cause = isOwn ? error : (this.#wire.ended ?? error);
        const verdict = judgeFailure(cause, sent.state !== null);
        // A part of a transaction was sent once its BEGIN is answered.
        if (!this.#answered && sent.state === null && isFull(cause)) this.#refused = true;
        if (!verdict.usable) this.abandon();
        if (enters && this.#counter.isEmpty) markRefusal(verdict.error);
        reject(verdict.error);
      };
      // postgres.js 3.4.9 forgets a query that it takes between a socket's error and the socket's end: a query that
      // is still active when the connection has closed never settles.
      const close = (): void => {
        if (!sent.active) return;
        const lost = new Error("Cannot answer: the connection closed");
        fail(Object.assign(lost, { code: "CONNECTION_CLOSED" }));
      };
      this.#waiting.add(close);
      sent
        .then((result) => {
          if (this.#wire.overflow !== undefined) return fail(this.#wire.overflow);
          this.#waiting.delete(close);
          this.#answered = true;
          resolve(toRawAnswer(result));
        }, fail)
        .then(undefined, reject);
    });
  }

  #open({ address, connectTimeoutMs }: ConnectionOptions): postgres.Sql {
    const { password } = address;
    // Every option is set here: postgres.js would take a missing one from PG… environment variables.
    const all = {
      host: [address.host],
      database: address.database,
      user: address.user,
      pass: () => password,
      sslnegotiation: null,
      max: 1,
      max_pipeline: 1,
      prepare: false,
      fetch_types: false,
      connect_timeout: connectTimeoutMs / 1000,
      // The pool has one timer for the idle times and lifetimes of all connections.
      idle_timeout: null,
      max_lifetime: null,
      keep_alive: 60,
      backoff: () => 0.1,
      debug: false,
      publications: "",
      target_session_attrs: null,
      ...this.#wire.options,
      connection: { application_name: address.applicationName ?? "rowhouse" },
      onnotice: () => {},
      onclose: () => {
        for (const close of [...this.#waiting]) close();
      },
    };
    // postgres.js's types have other names for some of these options, and miss others.
    return postgres(all as unknown as postgres.Options<Record<string, never>>);
  }
}
