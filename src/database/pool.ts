// Which piece of work uses which connection, and for how long. A connection runs one piece of work at a time,
// so a slow tenant delays nobody behind it; one owner has a bounded part of the connections, so that others find
// one; the oldest waiter is served first; a connection whose state is in doubt is never handed out again.

import { AppError } from "../errors.ts";
import { type Deadline, Deadlines } from "./deadlines.ts";
import { Shares } from "./shares.ts";
import { type Claim, gone, type Job, overloaded, WaitingLine } from "./waiting-line.ts";

// The rest is for all others, whatever one owner does.
const MOST_OF_ONE = 0.75;
const MOST_OF_HOST = 0.5;
// A transaction may wait for another one of the same owner.
const LEAST_OF_ONE = 2;

const IDLE_MS = 60_000;
// A pooler's new address, after it has moved, is found in this time.
const LIFETIME_MS = 1_800_000;

/** One connection to the database, made on first use. */
export interface PooledConnection {
  /** False once its state is in doubt; it is then discarded. */
  readonly usable: boolean;
  /** Puts its state in doubt: its work took too long. */
  abandon(): void;
  /** Closes it at once, abandoning whatever runs. Never rejects. */
  discard(): void;
  /** Closes it when what runs has ended, at the latest after `seconds`. */
  end(seconds: number): Promise<void>;
}

/** How many connections there are now, and how many messages wait for one. */
export interface ConnectionCounts {
  /** At work, or being opened for it. */
  readonly used: number;
  readonly idle: number;
  /** How many there are at most. */
  readonly max: number;
  /** Messages and transactions that wait for a connection. */
  readonly waiting: number;
}

/** What a pool is made with. */
export interface PoolOptions {
  /** Connections at most. */
  readonly max: number;
  /** Connections of one owner at most; never more than three quarters of `max`, nor fewer than two. */
  readonly maxOfOwner: number;
  /** How long one piece of work may take, in milliseconds; at most half of it waiting. */
  readonly timeoutMs: number;
}

/** A connection that nobody uses. */
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
  /** Every connection, and when it was made. */
  readonly #all = new Map<C, number>();
  readonly #idle: Idle<C>[] = [];
  readonly #waiting: WaitingLine<C>;
  /** Of work that runs, of work that waits, and of idle connections. */
  readonly #deadlines = new Deadlines();
  #closed = false;

  /** @param open makes a connection; it connects by itself when it is first used */
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
    // Half the time at most: work that begins with no time left could only break the connection.
    this.#waiting = new WaitingLine(timeoutMs / 2, this.#deadlines);
  }

  /**
   * Runs `work` on a connection that nobody else uses meanwhile.
   * @throws {AppError} when nothing was sent: OVERLOADED when no connection was free in time or the pool is
   *   closed, CLIENT_GONE when the signal was aborted before; DATABASE_UNAVAILABLE with outcome unknown when
   *   the work itself took too long
   */
  run<T>(work: (connection: C) => Promise<T>, { owner, signal }: Claim = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const job = { work, owner, signal, resolve, reject };
      if (this.#closed) return reject(overloaded("the service is shutting down"));
      if (signal?.aborted) return reject(gone());
      const free = this.#shares.allows(owner) ? this.#take() : undefined;
      const at = performance.now() + this.#timeoutMs;
      if (free === undefined) {
        this.#waiting.add(job, (connection) => this.#begin(connection, job, at));
      } else this.#begin(free, job, at);
    });
  }

  /** Refuses new work and what waits, lets what runs end for at most `seconds`, closes everything. */
  async close(seconds: number): Promise<void> {
    this.#closed = true;
    this.#waiting.refuseAll();
    await Promise.all(Array.from(this.#all.keys(), (connection) => connection.end(seconds)));
    this.#deadlines.clear();
  }

  /** The state at this moment. */
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

  /** The connection that was used last, so that those which are not needed become idle and close. */
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
