// Decides which piece of work uses which connection, and for how long. A connection runs one piece of work at a time.
// One owner gets a bounded part of the connections, so that a slow tenant does not delay the others. The oldest waiter
// comes first. Work whose connection the server refused was not sent, and goes back to its place in the line.

import { AppError } from "../../errors.ts";
import { type Deadline, Deadlines } from "./deadlines.ts";
import { OpenConnections } from "./open-connections.ts";
import type { PooledConnection } from "./pooled-connection.ts";
import { Shares } from "./shares.ts";
import {
  type Claim,
  gone,
  type Job,
  overloaded,
  type Queued,
  WaitingLine,
} from "./waiting-line.ts";

// The part of all connections that one owner may use; the rest stays for other owners.
const MOST_OF_ONE = 0.75;
const MOST_OF_HOST = 0.5;
// A transaction may wait for another one of the same owner.
const LEAST_OF_ONE = 2;

/** The number of connections at a moment, and of the messages that wait for one. */
export interface ConnectionCounts {
  /** Connections that run a piece of work, or are being opened for one. */
  readonly used: number;
  readonly idle: number;
  /** How many may be open. */
  readonly max: number;
  /** Messages and transactions that wait for a connection. */
  readonly waiting: number;
}

/** The options of a pool. */
export interface PoolOptions {
  /** The most connections. */
  readonly max: number;
  /** The most connections while the database is far behind a transaction pooler and work waits; `max` by default. */
  readonly farMax?: number;
  /** The most connections of one owner; never more than three quarters of `max`, nor fewer than two. */
  readonly maxOfOwner: number;
  /** How long one piece of work may take, in milliseconds; at most half of it waiting. */
  readonly timeoutMs: number;
}

/** Runs work on a bounded set of connections. */
export class Pool<C extends PooledConnection> {
  readonly #shares: Shares;
  readonly #timeoutMs: number;
  /** The deadlines of running work, of waiting work, and of idle connections. */
  readonly #deadlines = new Deadlines();
  readonly #connections: OpenConnections<C>;
  readonly #waiting: WaitingLine<C>;
  #arrived = 0;
  #closed = false;

  /** @param open creates a connection, which connects by itself when it is first used */
  constructor({ max, farMax = max, maxOfOwner, timeoutMs }: PoolOptions, open: () => C) {
    const part = (of: number): number =>
      Math.max(Math.min(max, LEAST_OF_ONE), Math.floor(max * of));
    this.#shares = new Shares({
      tenant: Math.min(part(MOST_OF_ONE), Math.max(maxOfOwner, LEAST_OF_ONE)),
      host: Math.min(part(MOST_OF_HOST), Math.max(maxOfOwner, LEAST_OF_ONE)),
      group: part(MOST_OF_ONE),
    });
    this.#timeoutMs = timeoutMs;
    this.#connections = new OpenConnections({ usual: max, most: farMax }, open, this.#deadlines);
    this.#waiting = new WaitingLine(this.#deadlines);
  }

  /**
   * Runs `work` on a connection that nothing else uses meanwhile. When the server refuses that connection, nothing was
   * sent: `work` waits for another one that is open, and is called again.
   * @throws {AppError} before `work` runs: OVERLOADED when a connection did not become free in time or the pool is
   *   closed, CLIENT_GONE when the signal was aborted; while it runs: DATABASE_UNAVAILABLE with outcome unknown when
   *   it took too long
   */
  run<T>(
    work: (connection: C) => Promise<T>,
    { owner, signal, until = Infinity }: Claim = {},
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(overloaded("the service is shutting down"));
      if (signal?.aborted) return reject(gone());
      const free = this.#shares.allows(owner) ? this.#connections.take() : undefined;
      const now = performance.now();
      const at = Math.min(now + this.#timeoutMs, until);
      const place = (this.#arrived += 1);
      // At most half the time: work that begins without enough time left could only break the connection.
      const waitUntil = (now + at) / 2;
      const job = { work, owner, signal, resolve, reject, at, place, waitUntil };
      if (free === undefined) this.#wait(job);
      else this.#begin(free, job, now, () => this.#goBack(job));
    });
  }

  /** Rejects new and waiting work, waits at most `seconds` for running work, and closes every connection. */
  async close(seconds: number): Promise<void> {
    this.#closed = true;
    this.#waiting.refuseAll();
    await this.#connections.end(seconds);
    this.#deadlines.clear();
  }

  /** The counts at this moment. */
  counts(): ConnectionCounts {
    return { ...this.#connections.counts(), waiting: this.#waiting.size };
  }

  #wait<T>(job: Queued<C, T>): void {
    this.#waiting.add(job, (connection) =>
      this.#begin(connection, job, performance.now(), () => this.#goBack(job)),
    );
  }

  #goBack<T>(job: Queued<C, T>): void {
    if (this.#closed) job.reject(overloaded("the service is shutting down"));
    else if (job.signal?.aborted) job.reject(gone());
    else this.#wait(job);
  }

  /** @param goBack puts the job back into the line */
  #begin<T>(connection: C, job: Job<C, T>, now: number, goBack?: () => void): void {
    const { work, owner, resolve, reject, at } = job;
    this.#shares.take(owner);
    let settled = false;
    const settle = <V>(tell: (outcome: V) => void, outcome: V): void => {
      if (settled) return;
      settled = true;
      this.#deadlines.delete(deadline);
      // Lowers the limit before anything else can take a connection.
      const hasOthers = connection.refused && this.#connections.refused(connection);
      if (hasOthers && goBack !== undefined) goBack();
      else tell(outcome);
      this.#shares.leave(owner);
      this.#release(connection);
    };
    const deadline: Deadline = {
      at,
      pass: () => {
        connection.abandon();
        const problem = "Cannot finish: the database took too long";
        settle(reject, new AppError("DATABASE_UNAVAILABLE", problem, { outcome: "unknown" }));
      },
    };
    this.#deadlines.add(deadline);
    start(work, connection).then(
      (value) => {
        const ended = performance.now();
        this.#connections.pooler.took(ended - now, ended);
        settle(resolve, value);
      },
      (error: unknown) => settle(reject, error),
    );
  }

  #release(connection: C): void {
    if (this.#waiting.size > 0 && this.#connections.canProve(connection)) this.#ask(connection);
    else this.#connections.release(connection);
    for (;;) {
      const next = this.#waiting.find((owner) => this.#shares.allows(owner));
      const free = next && this.#connections.take();
      if (free === undefined) return;
      next?.begin(free);
    }
  }

  /** Asks a connection for the process that serves it, before it is released. */
  #ask(connection: C): void {
    const { pooler } = this.#connections;
    pooler.asks(connection);
    const now = performance.now();
    const question: Job<C, string> = {
      work: (asked) => asked.readServerProcess(),
      resolve: (serverProcess) => pooler.meets(connection, serverProcess),
      reject: () => {},
      at: now + this.#timeoutMs,
    };
    this.#begin(connection, question, now);
  }
}

/** Turns a synchronous throw into a rejection, so that it reaches the caller whose work it is. */
function start<C, T>(work: (connection: C) => Promise<T>, connection: C): Promise<T> {
  try {
    return work(connection);
  } catch (error) {
    return Promise.reject(error);
  }
}
