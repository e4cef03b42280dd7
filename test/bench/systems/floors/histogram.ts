// How long many things took, in bounded memory: counting must cost the program under load next to nothing.

const BUCKETS_PER_MS = 100;
const MAX_MS = 2000;

/** Times in steps of 10 µs, up to two seconds; what took longer counts as two seconds. */
export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS_PER_MS * MAX_MS + 1);
  #total = 0;

  /** How many there are. */
  get total(): number {
    return this.#total;
  }

  /** Counts one. */
  add(ms: number): void {
    const bucket = Math.min(Math.floor(ms * BUCKETS_PER_MS), this.#counts.length - 1);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
  }

  /** The time in milliseconds that a part of them, 0 to 1, did not exceed; 0 when there are none. */
  quantile(part: number): number {
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count;
      if (seen > 0 && seen >= this.#total * part) return (bucket + 1) / BUCKETS_PER_MS;
    }
    return 0;
  }
}
