// Decides how many connections may be open. A server or pooler that refuses one has shown its limit, and fewer stay
// open for a while.

// One connection is tried after this time.
const RETRY_MS = 5000;

/** The room for connections, counted in connections. */
export class Room<C> {
  readonly #max: number;
  /** Connections that were opened beyond the limit and have not answered yet. */
  readonly #trials = new Set<C>();
  #limit: number;
  /** How many trials may be in progress. */
  #pace = 1;
  #nextTrialAt = 0;

  /** @param max the most connections */
  constructor(max: number) {
    this.#max = max;
    this.#limit = max;
  }

  /** How many may be open without a trial. */
  get limit(): number {
    return this.#limit;
  }

  /** Whether one of `open` connections must close, because the limit was lowered. */
  isOver(open: number): boolean {
    return open - this.#trials.size > this.#limit && performance.now() < this.#nextTrialAt;
  }

  /** Whether one more may be opened beside `open` connections. */
  allows(open: number): boolean {
    if (open < this.#limit) return true;
    if (open >= this.#max || this.#trials.size >= this.#pace) return false;
    return performance.now() >= this.#nextTrialAt;
  }

  /** @param open the number of connections with it */
  opened(connection: C, open: number): void {
    if (open > this.#limit) this.#trials.add(connection);
  }

  /** Counts a connection that has answered; each trial that succeeds allows two more. */
  answered(connection: C): void {
    if (this.#trials.size === 0 || !this.#trials.delete(connection)) return;
    // Another trial was refused meanwhile.
    if (performance.now() < this.#nextTrialAt) return;
    this.#limit += 1;
    this.#pace += 1;
  }

  closed(connection: C): void {
    this.#trials.delete(connection);
  }

  /**
   * Lowers the limit, because the server refused a connection.
   * @param open the number of connections without it
   */
  refused(connection: C, open: number): void {
    this.#trials.delete(connection);
    this.#limit = Math.max(1, open - this.#trials.size);
    this.#pace = 1;
    this.#nextTrialAt = performance.now() + RETRY_MS;
  }
}
