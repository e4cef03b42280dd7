// Work on many tenants at once: as many at a time as there are hands, none waiting for a batch to end,
// and what cannot be done now is put off without holding up the rest.

import { setMaxListeners } from "node:events";
import { setTimeout } from "node:timers/promises";

/** What work returns that is to be done again, not before this time has passed. */
export interface Again<T = never> {
  readonly afterMs: number;
  /** What is to be done in its place, in no order; itself when left out. */
  readonly instead?: readonly T[];
}

/**
 * Runs `work` on every item.
 * @param items taken one by one as hands come free
 * @param concurrency how many are at work at once
 * @param signal stops it: what is at work ends, what was not begun is left
 * @returns the items that were left when it was stopped
 * @throws what `work` throws first; nothing is begun after that, and what is at work has ended
 */
export async function runQueue<T>(
  items: Iterable<T>,
  concurrency: number,
  work: (item: T) => Promise<Again<T> | undefined>,
  signal?: AbortSignal,
): Promise<readonly T[]> {
  // Each hand that pauses listens to it.
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
        // What another hand is at may become many.
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
    // It was stopped.
  }
}
