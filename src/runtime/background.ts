// Work that goes on after its answer. A runtime keeps it alive, and closes the database only behind it.

import type { RequestContext } from "../http/exchange.ts";

/** The work that is not finished yet. */
export class Background implements RequestContext {
  readonly #running = new Set<Promise<unknown>>();

  waitUntil(work: Promise<unknown>): void {
    const ended: Promise<unknown> = work.finally(() => this.#running.delete(ended));
    this.#running.add(ended);
  }

  /** Resolves when all work has ended, and the work that it began. The work must not reject. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
