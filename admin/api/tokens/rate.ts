// A token bucket for each name: so many requests a second, and as many at once.

interface Bucket {
  left: number;
  at: number;
}

/** Counts the requests of names. */
export class Rate {
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /**
   * @param perSecond how many requests a name may send in a second, 1 or more
   * @param now milliseconds that never go back
   */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /**
   * Counts a request.
   * @returns 0 when it may go on; otherwise the whole seconds to wait, and it does not count
   */
  take(name: string): number {
    const now = this.#now();
    const { left, at } = this.#buckets.get(name) ?? { left: this.#perSecond, at: now };
    const filled = Math.min(this.#perSecond, left + ((now - at) / 1000) * this.#perSecond);
    const allowed = filled >= 1;
    this.#buckets.set(name, { left: allowed ? filled - 1 : filled, at: now });
    return allowed ? 0 : Math.ceil((1 - filled) / this.#perSecond);
  }
}
