// Runs work on many items with limited concurrency. A free worker takes the next item at once, and work that must be
// retried later does not delay the rest.

import { setMaxListeners } from "node:events";
import { setTimeout } from "node:timers/promises";

/** The result of work that must be done again, after `afterMs` at the earliest. */
export interface Again<T = never> {
  readonly afterMs: number;
  /** Items to process in its place, in any order; the item itself when left out. */
  readonly instead?: readonly T[];
}

/**
 * Runs `work` on every item.
 * @param items a free worker takes the next one
 * @param concurrency number of workers
 * @param signal stops the queue: running work ends, and the remaining items are not started
 * @returns the items that remained when the queue was stopped
 * @throws the first error of `work`, after all running work has ended; no item is started after the error
 */
export async function runQueue<T>(
  items: Iterable<T>,
  concurrency: number,
  work: (item: T) => Promise<Again<T> | undefined>,
  signal?: AbortSignal,
): Promise<readonly T[]> {
  // Each pausing worker adds a listener.
  if (signal) setMaxListeners(0, signal);
  const source = items[Symbol.iterator]();
  let later: { readonly item: T; readonly at: number }[] = [];
  const failures: unknown[] = [];
  const isStopped = (): boolean => failures.length > 0 || signal?.aborted === true;

  const take = (): T | undefined => {
    const now = performance.now();
    const due = later.find(({ at }) => at <= now);
    if (due !== undefined) {
      later = later.filter((one) => one !== due);
      return due.item;
    }
    const { done, value } = source.next();
    return done === true ? undefined : value;
  };
  const working = new Set<Promise<void>>();
  const finish = async (item: T): Promise<void> => {
    const again = await work(item);
    if (!again) return;
    const at = performance.now() + again.afterMs;
    later.push(...(again.instead ?? [item]).map((one) => ({ item: one, at })));
  };
  const runHand = async (): Promise<void> => {
    while (!isStopped()) {
      const item = take();
      if (item !== undefined) {
        const job = finish(item);
        working.add(job);
        await job.finally(() => working.delete(job));
      } else if (later.length > 0) {
        await pause(Math.min(...later.map(({ at }) => at)) - performance.now(), signal);
      } else if (working.size > 0) {
        // An item of another worker may be replaced by several.
        await Promise.allSettled([Promise.race(working)]);
      } else return;
    }
  };
  const hands = Array.from({ length: concurrency }, () =>
    runHand().catch((error: unknown) => {
      failures.push(error);
    }),
  );
  await Promise.all(hands);
  if (failures.length > 0) throw failures[0];
  const left = later.map(({ item }) => item);
  for (let item = source.next(); item.done !== true; item = source.next()) left.push(item.value);
  return left;
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(Math.max(1, ms), undefined, signal ? { signal } : {});
  } catch {
    // The queue was stopped.
  }
}
