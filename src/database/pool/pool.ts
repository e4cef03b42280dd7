// Decides which piece of work uses which connection, and for how long. A connection runs one piece of work at a time.
// One owner gets a bounded part of the connections, so that a slow tenant does not delay the others. The oldest waiter
// comes first. A connection whose state is in doubt is never used again.

import { AppError } from "../../errors.ts";
import { type Deadline, Deadlines } from "./deadlines.ts";
import { Shares } from "./shares.ts";
import { type Claim, gone, type Job, overloaded, WaitingLine } from "./waiting-line.ts";

// The part of all connections that one owner may use; the rest stays for other owners.
const MOST_OF_ONE = 0.75;
const MOST_OF_HOST = 0.5;
// A transaction may wait for another one of the same owner.
const LEAST_OF_ONE = 2;

const IDLE_MS = 60_000;
// After a pooler has moved, every connection reaches its new address within this time.
const LIFETIME_MS = 1_800_000;

/** One connection to the database; it connects on first use. */
export interface PooledConnection {
  /** False once its state is in doubt; it is then discarded. */
  readonly usable: boolean;
  /** Marks its state as doubtful, because its work took too long. */
  abandon(): void;
  /** Closes it at once and drops its running work. Never throws. */
  discard(): void;
  /** Closes it when its running work has ended, at the latest after `seconds`. */
  end(seconds: number): Promise<void>;
}

/** The number of connections at a moment, and of the messages that wait for one. */
export interface ConnectionCounts {
  /** Connections that run a piece of work, or are being opened for one. */
  readonly used: number;
  readonly idle: number;
  /** The most connections that may be open. */
  readonly max: number;
  /** Messages and transactions that wait for a connection. */
  readonly waiting: number;
}

/** The options of a pool. */
export interface PoolOptions {
  /** The most connections. */
  readonly max: number;
  /** The most connections of one owner; never more than three quarters of `max`, nor fewer than two. */
  readonly maxOfOwner: number;
  /** How long one piece of work may take, in milliseconds; at most half of it waiting. */
  readonly timeoutMs: number;
}

/** A connection without work, and when it is closed. */
interface Idle<C> {
  readonly connection: C;
  readonly deadline: Deadline;
}

/** A bounded set of connections. */
export class Pool<C extends PooledConnection> {
  readonly #max: number;
  readonly #shares: Shares;
  readonly #timeoutMs: number;
  readonly #open: () => C;
  /** Every connection, and when it was opened. */
  readonly #all = new Map<C, number>();
  readonly #idle: Idle<C>[] = [];
  readonly #waiting: WaitingLine<C>;
  /** The deadlines of running work, of waiting work, and of idle connections. */
  readonly #deadlines = new Deadlines();
  #closed = false;

  /** @param open creates a connection, which connects by itself when it is first used */
  constructor({ max, maxOfOwner, timeoutMs }: PoolOptions, open: () => C) {
    this.#max = max;
    const part = (of: number): number =>
      Math.max(Math.min(max, LEAST_OF_ONE), Math.floor(max * of));
    this.#shares = new Shares({
      tenant: Math.min(part(MOST_OF_ONE), Math.max(maxOfOwner, LEAST_OF_ONE)),
      host: Math.min(part(MOST_OF_HOST), Math.max(maxOfOwner, LEAST_OF_ONE)),
      group: part(MOST_OF_ONE),
    });
    this.#timeoutMs = timeoutMs;
    this.#open = open;
    this.#waiting = new WaitingLine(this.#deadlines);
  }

  /**
   * Runs `work` on a connection that nothing else uses meanwhile.
   * @throws {AppError} before `work` runs: OVERLOADED when a connection did not become free in time or the pool is
   *   closed, CLIENT_GONE when the signal was aborted; while it runs: DATABASE_UNAVAILABLE with outcome unknown when
   *   it took too long
   */
  run<T>(
    work: (connection: C) => Promise<T>,
    { owner, signal, until = Infinity }: Claim = {},
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const job = { work, owner, signal, resolve, reject };
      if (this.#closed) return reject(overloaded("the service is shutting down"));
      if (signal?.aborted) return reject(gone());
      const free = this.#shares.allows(owner) ? this.#take() : undefined;
      const now = performance.now();
      const at = Math.min(now + this.#timeoutMs, until);
      if (free === undefined) {
        // At most half the time: work that begins without enough time left could only break the connection.
        this.#waiting.add(job, (now + at) / 2, (connection) => this.#begin(connection, job, at));
      } else this.#begin(free, job, at);
    });
  }

  /** Rejects new and waiting work, waits at most `seconds` for running work, and closes every connection. */
  async close(seconds: number): Promise<void> {
    this.#closed = true;
    this.#waiting.refuseAll();
    await Promise.all(Array.from(this.#all.keys(), (connection) => connection.end(seconds)));
    this.#deadlines.clear();
  }

  /** The counts at this moment. */
  counts(): ConnectionCounts {
    const idle = this.#idle.length;
    return { used: this.#all.size - idle, idle, max: this.#max, waiting: this.#waiting.size };
  }

  #begin<T>(connection: C, { work, owner, resolve, reject }: Job<C, T>, at: number): void {
    this.#shares.take(owner);
    let settled = false;
    const settle = <V>(tell: (outcome: V) => void, outcome: V): void => {
      if (settled) return;
      settled = true;
      this.#deadlines.delete(deadline);
      tell(outcome);
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
      (value) => settle(resolve, value),
      (error: unknown) => settle(reject, error),
    );
  }

  /** Takes the idle connection that was used last, so that unneeded ones stay idle and close; else opens one. */
  #take(): C | undefined {
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      this.#deadlines.delete(idle.deadline);
      return idle.connection;
    }
    if (this.#all.size >= this.#max) return undefined;
    const opened = this.#open();
    this.#all.set(opened, performance.now());
    return opened;
  }

  #release(connection: C): void {
    const age = performance.now() - (this.#all.get(connection) ?? 0);
    if (connection.usable && age < LIFETIME_MS) this.#keep(connection);
    else this.#discard(connection);
    const next = this.#waiting.find((owner) => this.#shares.allows(owner));
    const free = next && this.#take();
    if (free !== undefined) next?.begin(free);
  }

  #keep(connection: C): void {
    const idle: Idle<C> = {
      connection,
      deadline: {
        at: performance.now() + IDLE_MS,
        pass: () => {
          this.#idle.splice(this.#idle.indexOf(idle), 1);
          this.#discard(connection);
        },
      },
    };
    this.#deadlines.add(idle.deadline);
    this.#idle.push(idle);
  }

  #discard(connection: C): void {
    this.#all.delete(connection);
    connection.discard();
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
