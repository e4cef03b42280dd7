// Work on many tenants at once: as many at a time as there are hands, none waiting for a batch to end,
// and what cannot be done now is put off without holding up the rest.

import { setMaxListeners } from "node:events";
import { setTimeout } from "node:timers/promises";

/** What work returns that is to be done again, not before this time has passed. */
export interface Again {
  readonly afterMs: number;
}

/**
 * Runs `work` on every item.
 * @param concurrency how many are at work at once
 * @param signal stops it: what is at work ends, what was not begun is left
 * @returns the items that were left when it was stopped
 * @throws what `work` throws first; nothing is begun after that, and what is at work has ended
 */
export async function runQueue<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<Again | undefined>,
  signal?: AbortSignal,
): Promise<readonly T[]> {
  // Each hand that pauses listens to it.
  if (signal) setMaxListeners(0, signal);
  let next = 0;
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
    const item = items[next];
    if (next < items.length) next += 1;
    return item;
  };
  const runHand = async (): Promise<void> => {
    while (!isStopped()) {
      const item = take();
      if (item !== undefined) {
        const again = await work(item);
        if (again) later.push({ item, at: performance.now() + again.afterMs });
      } else if (later.length === 0) return;
      else await pause(Math.min(...later.map(({ at }) => at)) - performance.now(), signal);
    }
  };
  const hands = Array.from({ length: Math.min(concurrency, items.length) }, () =>
    runHand().catch((error: unknown) => {
      failures.push(error);
    }),
  );
  await Promise.all(hands);
  if (failures.length > 0) throw failures[0];
  return [...later.map(({ item }) => item), ...items.slice(next)];
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(Math.max(1, ms), undefined, signal ? { signal } : {});
  } catch {
    // It was stopped.
  }
}
