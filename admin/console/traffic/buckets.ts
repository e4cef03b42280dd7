// The buckets of a histogram: the number of observations by the upper bound of their bucket.

/** The number of observations by the upper bound of their bucket, each counted once. The last bound may be Infinity. */
export type Buckets = Map<number, number>;

/** Adds one histogram to another. When their bounds differ, the result has the bounds of both. */
export function addBuckets(into: Buckets, from: Buckets): void {
  for (const [bound, count] of from) into.set(bound, (into.get(bound) ?? 0) + count);
}

/**
 * Converts the buckets of Prometheus, each of which counts all smaller observations too.
 * @param cumulative counts by bound
 */
export function fromCumulative(cumulative: Buckets): Buckets {
  const buckets: Buckets = new Map();
  let before = 0;
  for (const [bound, count] of [...cumulative].toSorted(([a], [b]) => a - b)) {
    // A scrape may see an observation in one bucket and not yet in the next.
    buckets.set(bound, Math.max(0, count - before));
    before = Math.max(before, count);
  }
  return buckets;
}

/**
 * Estimates the value that a part of the observations does not exceed. As in Prometheus's histogram_quantile, the
 * observations of a bucket are assumed to lie evenly within it; in the last bucket the result is its lower bound.
 * @param part from 0 to 1
 * @returns undefined without an observation
 */
export function quantile(buckets: Buckets, part: number): number | undefined {
  const sorted = [...buckets].toSorted(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  if (total <= 0) return undefined;
  let rank = part * total;
  let lower = 0;
  for (const [bound, count] of sorted) {
    if (count > 0 && rank <= count) {
      return bound === Infinity ? lower : lower + (bound - lower) * (rank / count);
    }
    rank -= count;
    if (bound !== Infinity) lower = bound;
  }
  return lower;
}
