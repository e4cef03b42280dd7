// How long a write waits for the end of its tenant's move. It only waits before it is sent again, and it is sent again
// only after PostgreSQL has undone it.

import { gone } from "../pool/waiting-line.ts";

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 200;

/** Thrown by a transaction before its work begins, when a move keeps its tenant read-only. */
export class StillMoving extends Error {
  override readonly name = "StillMoving";
}

/** The waiting of one piece of work. */
export class Patience {
  readonly #until: number;
  readonly #signal: AbortSignal | undefined;
  #pauseMs = FIRST_PAUSE_MS;

  /** @param ms how long it may wait, in milliseconds from now */
  constructor(ms: number, signal: AbortSignal | undefined) {
    this.#until = performance.now() + ms;
    this.#signal = signal;
  }

  /** Whether it may wait longer. */
  get isOpen(): boolean {
    return performance.now() < this.#until;
  }

  /**
   * Waits a little, each time longer.
   * @throws {AppError} CLIENT_GONE when the caller has stopped waiting
   */
  async pause(): Promise<void> {
    const left = Math.max(0, this.#until - performance.now());
    await new Promise((resolve) => setTimeout(resolve, Math.min(this.#pauseMs, left)));
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    if (this.#signal?.aborted) throw gone();
  }
}
