// The only runner of work on many tenants. It processes several at once and counts them by outcome. A tenant that
// fails does not stop the others. After a signal or too many failures it starts no more; running work ends.

import { type Again, runQueue } from "./queue.ts";

/** The options of a run. */
export interface RunOptions<Outcome> {
  /** How many tenants, or groups of them, are processed at once. */
  readonly concurrency: number;
  /** The run starts no more tenants after this many failures; without a limit when left out. */
  readonly maxFailures?: number;
  /** After it is aborted, the run starts no more tenants; running work ends. */
  readonly signal?: AbortSignal;
  /** Called with each outcome, in the order in which the tenants finish. */
  readonly report: (outcome: Outcome) => void;
}

/** One attempt at an item: its number, and the callback for outcomes. */
export interface Turn<Outcome> {
  /** 1 at first; one more after each {@link Again} for the same item. */
  readonly attempt: number;
  /** Counts and reports the outcome of a tenant. */
  end(this: void, outcome: Outcome): undefined;
}

/**
 * Runs `work` on every item.
 * @param items tenants, or groups of them
 * @param counts initial counts: 0 for each outcome, or the number of tenants that finished before
 * @param work reports the item's tenants with `turn.end`, or returns when to call it again
 * @returns how many tenants had each outcome, and the items that remained when the run was stopped
 * @throws the first error of `work`; reported outcomes are final
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
