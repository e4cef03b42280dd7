// One turn to the database and back, as a bare socket sees it: nothing can answer faster.

import { RawClient } from "../../../admin/conformance/raw-client.ts";

/**
 * Sends `select 1` again and again on one connection, one at a time, for so many seconds.
 * @throws {Error} when the connection ends, or the signal was aborted
 */
export async function measureTurn(
  url: string,
  seconds: number,
  signal: AbortSignal,
): Promise<{ readonly p50Ms: number; readonly p99Ms: number }> {
  const client = await RawClient.open(url);
  try {
    const tookMs: number[] = [];
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      signal.throwIfAborted();
      const began = performance.now();
      await client.ask("select 1");
      tookMs.push(performance.now() - began);
    }
    const sorted = tookMs.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
    return { p50Ms: at(0.5), p99Ms: at(0.99) };
  } finally {
    await client.destroy();
  }
}
