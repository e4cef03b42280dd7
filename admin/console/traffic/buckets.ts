// A histogram's buckets: how many observations were at most so large, by the bound.

/** Observations by the upper bound of their bucket, each counted once; the last bound may be Infinity. */
export type Buckets = Map<number, number>;

/** Adds one histogram to another. Where their bounds differ, the result has those of both. */
export function addBuckets(into: Buckets, from: Buckets): void {
  for (const [bound, count] of from) into.set(bound, (into.get(bound) ?? 0) + count);
}

/**
 * Makes buckets of Prometheus's, each of which counts all that are smaller as well.
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
 * The value that a part of the observations does not exceed, taken to lie evenly within their bucket, as
 * Prometheus's histogram_quantile takes it. In the last bucket it is that one's lower bound.
 * @param part from 0 to 1
 * @returns undefined when there are no observations
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
