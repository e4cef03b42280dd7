// Work that waits for a connection, the oldest first; refused when it has waited too long, and given up when nobody
// wants its result any more.

import { AppError } from "../errors.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";
import type { Share } from "./shares.ts";

/** Whose work it is, and whether its result is still wanted. */
export interface Claim {
  /** Undefined for work that takes any free connection. */
  readonly owner?: Share | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A piece of work. */
export interface Job<C, T> extends Claim {
  readonly work: (connection: C) => Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** Work in the line. */
export interface Waiter<C> {
  readonly owner: Share | undefined;
  /** Takes it from the line and begins it. */
  begin(connection: C): void;
  refuse(error: AppError): void;
}

/** The line. */
export class WaitingLine<C> {
  readonly #timeoutMs: number;
  readonly #deadlines: Deadlines;
  readonly #waiters = new Set<Waiter<C>>();

  /** @param timeoutMs how long work may wait */
  constructor(timeoutMs: number, deadlines: Deadlines) {
    this.#timeoutMs = timeoutMs;
    this.#deadlines = deadlines;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** Puts a job at the end of the line; `begin` is called with its connection. */
  add<T>({ owner, signal, reject }: Job<C, T>, begin: (connection: C) => void): void {
    const leave = (): void => {
      this.#deadlines.delete(deadline);
      this.#waiters.delete(waiter);
      signal?.removeEventListener("abort", abort);
    };
    const waiter: Waiter<C> = {
      owner,
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
      at: performance.now() + this.#timeoutMs,
      pass: () => waiter.refuse(overloaded("no database connection was free in time")),
    };
    signal?.addEventListener("abort", abort);
    this.#deadlines.add(deadline);
    this.#waiters.add(waiter);
  }

  /** The first that may begin. */
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

/** The error for work whose result nobody wants any more. */
export function gone(): AppError {
  return new AppError("CLIENT_GONE", "Cannot start: the client has closed the request");
}
