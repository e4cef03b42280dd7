// Decides how many connections may be open. A server or pooler that refuses one has shown its limit, and fewer stay
// open for a while. Beyond the usual number connections are tried a few at a time, and a single refusal ends that.

// One connection is tried after this time.
const RETRY_MS = 5000;
// The place that the connections beyond the usual number took may be another program's.
const GROW_AGAIN_MS = 300_000;

/** The numbers of connections. */
export interface RoomOptions {
  /** The usual number, which may be opened at once. */
  readonly usual: number;
  /** The most, where growing is allowed. */
  readonly most: number;
}

/** The room for connections, counted in connections. */
export class Room<C> {
  readonly #usual: number;
  readonly #most: number;
  /** Connections that were opened beyond the limit and have not answered yet. */
  readonly #trials = new Set<C>();
  #limit: number;
  /** How many trials may be in progress. */
  #pace = 1;
  #nextTrialAt = 0;

  constructor({ usual, most }: RoomOptions) {
    this.#usual = usual;
    this.#most = most;
    this.#limit = usual;
  }

  /** How many may be open without a trial. */
  get limit(): number {
    return this.#limit;
  }

  /** Whether there may ever be more than the usual number. */
  get canGrow(): boolean {
    return this.#most > this.#usual;
  }

  /** Whether `open` connections are more than the usual number. */
  isExtra(open: number): boolean {
    return open > this.#usual;
  }

  /** Whether one of `open` connections must close, because the limit was lowered. */
  isOver(open: number): boolean {
    return open - this.#trials.size > this.#limit && performance.now() < this.#nextTrialAt;
  }

  /**
   * Whether one more may be opened beside `open` connections.
   * @param mayGrow tells whether there may be more than the usual number; asked only then
   */
  allows(open: number, mayGrow: () => boolean): boolean {
    if (open < this.#limit) return true;
    if (open >= this.#most || this.#trials.size >= this.#pace) return false;
    if (performance.now() < this.#nextTrialAt) return false;
    return open < this.#usual || mayGrow();
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

  /** @param open the number of connections that are left */
  closed(connection: C, open: number): void {
    this.#trials.delete(connection);
    if (this.#limit > this.#usual && open <= this.#usual) this.#lower(this.#usual);
  }

  /**
   * Lowers the limit, because the server refused a connection.
   * @param open the number of connections without it
   */
  refused(connection: C, open: number): void {
    const grew = this.#trials.delete(connection) && this.#limit >= this.#usual;
    this.#lower(grew ? this.#usual : Math.max(1, open - this.#trials.size));
    this.#nextTrialAt = performance.now() + (grew ? GROW_AGAIN_MS : RETRY_MS);
  }

  #lower(limit: number): void {
    this.#limit = limit;
    this.#pace = 1;
  }
}
