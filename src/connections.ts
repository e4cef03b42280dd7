// Who uses which connection, and for how long. One connection runs one piece of work at a time, so a
// slow tenant holds up nobody behind it; the oldest waiter is served first; whoever is out of time
// is told so, and a connection whose state is in doubt is never handed out again.

import { AppError } from "./errors.ts";

/** One connection to the database, made on first use. */
export interface Connection {
  /** False once its state is in doubt; it is then discarded. */
  usable: boolean;
  /** Closes it at once, abandoning whatever runs. Never rejects. */
  discard(): void;
  /** Closes it when what runs has ended, at the latest after `seconds`. */
  end(seconds: number): Promise<void>;
}

/** A bounded set of connections. */
export class Connections<C extends Connection> {
  readonly #max: number;
  readonly #timeoutMs: number;
  readonly #open: () => C;
  readonly #all = new Set<C>();
  readonly #idle: C[] = [];
  readonly #waiting = new Set<(connection: C) => void>();
  #closed = false;

  /**
   * @param max how many there are at most
   * @param timeoutMs how long one piece of work may take, waiting for a connection included
   * @param open makes one; it connects by itself when it is first used
   */
  constructor(max: number, timeoutMs: number, open: () => C) {
    this.#max = max;
    this.#timeoutMs = timeoutMs;
    this.#open = open;
  }

  /**
   * Runs `work` on a connection that nobody else uses meanwhile.
   * @throws {AppError} OVERLOADED when no connection was free in time or the set is closed: nothing was
   *   sent; DATABASE_UNAVAILABLE with outcome unknown when the work itself took too long
   */
  run<T>(work: (connection: C) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(new AppError("OVERLOADED", "Cannot start: shutting down"));
      let used: C | undefined;
      let settled = false;
      const settle = (): boolean => {
        if (settled) return false;
        clearTimeout(timer);
        return (settled = true);
      };
      const begin = (connection: C): void => {
        used = connection;
        work(connection).then(
          (value) => {
            if (!settle()) return;
            this.#release(connection);
            resolve(value);
          },
          (error: unknown) => {
            if (!settle()) return;
            this.#release(connection);
            reject(error);
          },
        );
      };
      const timer = setTimeout(() => {
        if (!settle()) return;
        if (used === undefined) {
          this.#waiting.delete(begin);
          reject(
            new AppError("OVERLOADED", "Cannot start: no database connection was free in time"),
          );
        } else {
          used.usable = false;
          this.#release(used);
          reject(
            new AppError("DATABASE_UNAVAILABLE", "Cannot finish: the database took too long", {
              outcome: "unknown",
            }),
          );
        }
      }, this.#timeoutMs);
      const connection = this.#take();
      if (connection === undefined) this.#waiting.add(begin);
      else begin(connection);
    });
  }

  /** Refuses new work, lets what runs end for at most `seconds`, and closes every connection. */
  async close(seconds: number): Promise<void> {
    this.#closed = true;
    await Promise.all(Array.from(this.#all, (connection) => connection.end(seconds)));
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
    const [next] = this.#waiting;
    if (next === undefined) return;
    const free = this.#take();
    if (free === undefined) return;
    this.#waiting.delete(next);
    next(free);
  }
}
