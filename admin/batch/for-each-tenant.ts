// The one runner of work on many tenants: several at once, counted by what became of them. One that fails stops no
// other; a signal or too many failures begin no more, and those that are running end.

import { type Again, runQueue } from "./queue.ts";

/** How a run is done. */
export interface RunOptions<Outcome> {
  /** How many tenants, or groups of them, are worked on at once. */
  readonly concurrency: number;
  /** Begins no more once so many have failed; all are begun when left out. */
  readonly maxFailures?: number;
  /** Begins no more once it is aborted; those that are running end. */
  readonly signal?: AbortSignal;
  /** Called with each outcome, in the order in which the tenants end. */
  readonly report: (outcome: Outcome) => void;
}

/** What the work on an item is told, and where it reports. */
export interface Turn<Outcome> {
  /** 1 at first; one more after each {@link Again} for the same item. */
  readonly attempt: number;
  /** Counts and reports a tenant's outcome. */
  end(this: void, outcome: Outcome): undefined;
}

/**
 * Runs `work` on every item.
 * @param items tenants, or groups of them
 * @param counts where the counting begins: 0 for each outcome, or the number that ended before
 * @param work ends the item's tenants by `turn.end`, or says when it is to be called again
 * @returns how many tenants had each outcome, and the items that were left when it was stopped
 * @throws what `work` throws first; what was reported has happened
 */
export async function forEachTenant<
  T,
  Kind extends string,
  Outcome extends { readonly outcome: Kind },
>(
  items: Iterable<T>,
  counts: Readonly<Record<Kind | "failed", number>>,
  { concurrency, maxFailures = Infinity, signal, report }: RunOptions<Outcome>,
  work: (item: T, turn: Turn<Outcome>) => Promise<Again<T> | undefined>,
): Promise<{ readonly counts: Record<Kind | "failed", number>; readonly left: readonly T[] }> {
  const found: Record<Kind | "failed", number> = { ...counts };
  const attempts = new Map<T, number>();
  const enough = new AbortController();
  const end = (outcome: Outcome): undefined => {
    found[outcome.outcome] += 1;
    report(outcome);
    if (found.failed >= maxFailures) enough.abort();
  };
  const left = await runQueue(
    items,
    concurrency,
    async (item) => {
      const attempt = (attempts.get(item) ?? 0) + 1;
      const again = await work(item, { attempt, end });
      if (again === undefined) attempts.delete(item);
      else attempts.set(item, attempt);
      return again;
    },
    AbortSignal.any(signal ? [signal, enough.signal] : [enough.signal]),
  );
  return { counts: found, left };
}
