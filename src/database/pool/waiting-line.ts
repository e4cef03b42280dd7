// Work that waits for a connection, the oldest first. The line rejects work that has waited too long, and work whose
// caller has stopped waiting.

import { AppError } from "../../errors.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";
import type { Share } from "./shares.ts";

/** The owner of a piece of work, the signal that cancels it, and its end. */
export interface Claim {
  /** Undefined for work that takes any free connection. */
  readonly owner?: Share | undefined;
  readonly signal?: AbortSignal | undefined;
  /** When it must have ended, on the clock of `performance.now()`; the time of the pool may end it before. */
  readonly until?: number | undefined;
}

/** A piece of work. */
export interface Job<C, T> extends Omit<Claim, "until"> {
  readonly work: (connection: C) => Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
  /** When it must have ended, on the clock of `performance.now()`. */
  readonly at: number;
}

/** A piece of work that may wait. */
export interface Queued<C, T> extends Job<C, T> {
  /** Its place in the order of arrival. */
  readonly place: number;
  /** How long it may wait, on the clock of `performance.now()`. */
  readonly waitUntil: number;
}

/** A piece of work in the line. */
export interface Waiter<C> {
  readonly owner: Share | undefined;
  readonly place: number;
  /** Removes it from the line and begins it. */
  begin(connection: C): void;
  refuse(error: AppError): void;
}

/** The line of waiting work. */
export class WaitingLine<C> {
  readonly #deadlines: Deadlines;
  /** By place. */
  #waiters = new Set<Waiter<C>>();
  #last = 0;

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** Puts a job at its place in the line; `begin` is called with its connection. */
  add<T>(job: Queued<C, T>, begin: (connection: C) => void): void {
    const { owner, signal, reject, place } = job;
    const leave = (): void => {
      this.#deadlines.delete(deadline);
      this.#waiters.delete(waiter);
      signal?.removeEventListener("abort", abort);
    };
    const waiter: Waiter<C> = {
      owner,
      place,
      begin(connection) {
        leave();
        begin(connection);
      },
      refuse(error) {
        leave();
        reject(error);
      },
    };
    const abort = (): void => waiter.refuse(gone());
    const deadline: Deadline = {
      at: job.waitUntil,
      pass: () => waiter.refuse(overloaded("a database connection did not become free in time")),
    };
    signal?.addEventListener("abort", abort);
    this.#deadlines.add(deadline);
    this.#waiters.add(waiter);
    // Only what has begun and was not sent comes back to an earlier place.
    if (place < this.#last) {
      this.#waiters = new Set([...this.#waiters].toSorted((a, b) => a.place - b.place));
    } else this.#last = place;
  }

  /** The first waiter that may begin; undefined when all must wait. */
  find(mayBegin: (owner: Share | undefined) => boolean): Waiter<C> | undefined {
    for (const waiter of this.#waiters) if (mayBegin(waiter.owner)) return waiter;
    return undefined;
  }

  refuseAll(): void {
    for (const waiter of this.#waiters) waiter.refuse(overloaded("the service is shutting down"));
  }
}

/** The error for work that cannot begin. */
export function overloaded(problem: string): AppError {
  return new AppError("OVERLOADED", `Cannot start: ${problem}`);
}

/** The error for work whose caller has stopped waiting. */
export function gone(): AppError {
  return new AppError("CLIENT_GONE", "Cannot start: the client has closed the request");
}
