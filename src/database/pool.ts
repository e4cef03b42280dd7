// Who uses which connection, and for how long. One connection runs one piece of work at a time, so a
// slow tenant holds up nobody behind it; no owner has more than three quarters of them, so that others find
// one; the oldest waiter is served first; whoever is out of time is told so, and a connection whose state
// is in doubt is never handed out again.

import { type Deadline, Deadlines } from "./deadlines.ts";
import { AppError } from "../errors.ts";

// The rest is for everybody else, whatever one owner does.
const MOST_OF_ONE = 0.75;
// A transaction may wait for another one of the same owner.
const LEAST_OF_ONE = 2;

/** One connection to the database, made on first use. */
export interface Connection {
  /** False once its state is in doubt; it is then discarded. */
  usable: boolean;
  /** Closes it at once, abandoning whatever runs. Never rejects. */
  discard(): void;
  /** Closes it when what runs has ended, at the latest after `seconds`. */
  end(seconds: number): Promise<void>;
}

/** How many connections there are now, and how much waits for one. */
export interface ConnectionCounts {
  /** At work, or being opened for it. */
  readonly used: number;
  readonly idle: number;
  /** How many there are at most. */
  readonly max: number;
  /** Messages and transactions that wait for a connection. */
  readonly waiting: number;
}

/** A piece of work, and who hears of its end. */
interface Job<C, T> {
  readonly work: (connection: C) => Promise<T>;
  readonly owner: string | undefined;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** Work that no connection was free for. */
interface Waiter<C> {
  readonly owner: string | undefined;
  begin(connection: C): void;
  refuse(problem: string): void;
}

/** A bounded set of connections. */
export class Connections<C extends Connection> {
  readonly #max: number;
  readonly #timeoutMs: number;
  readonly #open: () => C;
  readonly #all = new Set<C>();
  readonly #idle: C[] = [];
  readonly #waiting = new Set<Waiter<C>>();
  readonly #share: number;
  /** Of work that runs, and of work that waits. */
  readonly #deadlines = new Deadlines();
  /** How many connections each owner uses now. */
  readonly #used = new Map<string, number>();
  #closed = false;

  /**
   * @param max how many there are at most
   * @param timeoutMs how long one piece of work may take, at most half of it waiting
   * @param open makes one; it connects by itself when it is first used
   */
  constructor(max: number, timeoutMs: number, open: () => C) {
    this.#max = max;
    this.#share = Math.max(Math.min(max, LEAST_OF_ONE), Math.floor(max * MOST_OF_ONE));
    this.#timeoutMs = timeoutMs;
    this.#open = open;
  }

  /**
   * Runs `work` on a connection that nobody else uses meanwhile.
   * @param owner whose work it is; undefined for work that is nobody's and takes any free connection
   * @throws {AppError} OVERLOADED when no connection was free in time or the set is closed: nothing was
   *   sent; DATABASE_UNAVAILABLE with outcome unknown when the work itself took too long
   */
  run<T>(work: (connection: C) => Promise<T>, owner?: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const job = { work, owner, resolve, reject };
      if (this.#closed) return reject(new AppError("OVERLOADED", "Cannot start: shutting down"));
      const free = this.#mayUse(owner) ? this.#take() : undefined;
      if (free === undefined) this.#wait(job);
      else this.#begin(free, job, performance.now() + this.#timeoutMs);
    });
  }

  /** Refuses new work and who waits, lets what runs end for at most `seconds`, closes everything. */
  async close(seconds: number): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiting) waiter.refuse("shutting down");
    await Promise.all(Array.from(this.#all, (connection) => connection.end(seconds)));
    this.#deadlines.clear();
  }

  /** The state at this moment. */
  counts(): ConnectionCounts {
    const idle = this.#idle.length;
    return { used: this.#all.size - idle, idle, max: this.#max, waiting: this.#waiting.size };
  }

  #wait<T>(job: Job<C, T>): void {
    const since = performance.now();
    const waiter: Waiter<C> = {
      owner: job.owner,
      begin: (connection) => {
        this.#deadlines.delete(deadline);
        this.#begin(connection, job, since + this.#timeoutMs);
      },
      refuse: (problem) => {
        this.#deadlines.delete(deadline);
        this.#waiting.delete(waiter);
        job.reject(new AppError("OVERLOADED", `Cannot start: ${problem}`));
      },
    };
    // Half the time at most: who begins with no time left could only break the connection.
    const deadline: Deadline = {
      at: since + this.#timeoutMs / 2,
      pass: () => waiter.refuse("no database connection was free in time"),
    };
    this.#deadlines.add(deadline);
    this.#waiting.add(waiter);
  }

  #begin<T>(connection: C, { work, owner, resolve, reject }: Job<C, T>, at: number): void {
    this.#count(owner, 1);
    let settled = false;
    const settle = <V>(tell: (outcome: V) => void, outcome: V): void => {
      if (settled) return;
      settled = true;
      this.#deadlines.delete(deadline);
      tell(outcome);
      this.#count(owner, -1);
      this.#release(connection);
    };
    const deadline: Deadline = {
      at,
      pass: () => {
        connection.usable = false;
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

  #mayUse(owner: string | undefined): boolean {
    return owner === undefined || (this.#used.get(owner) ?? 0) < this.#share;
  }

  #count(owner: string | undefined, change: 1 | -1): void {
    if (owner === undefined) return;
    const used = (this.#used.get(owner) ?? 0) + change;
    if (used === 0) this.#used.delete(owner);
    else this.#used.set(owner, used);
  }

  #take(): C | undefined {
    const idle = this.#idle.pop();
    if (idle !== undefined || this.#all.size >= this.#max) return idle;
    const opened = this.#open();
    this.#all.add(opened);
    return opened;
  }

  #release(connection: C): void {
    if (connection.usable) this.#idle.push(connection);
    else {
      this.#all.delete(connection);
      connection.discard();
    }
    for (const next of this.#waiting) {
      if (!this.#mayUse(next.owner)) continue;
      const free = this.#take();
      if (free === undefined) return;
      this.#waiting.delete(next);
      next.begin(free);
      return;
    }
  }
}

/** Called by a waiter's turn, too: what the work throws is its own, not that of who made room. */
function start<C, T>(work: (connection: C) => Promise<T>, connection: C): Promise<T> {
  try {
    return work(connection);
  } catch (error) {
    return Promise.reject(error);
  }
}
