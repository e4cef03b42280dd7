// One turn to the database and back, as bare sockets see it: nothing can answer faster. There are as many sockets as
// clients of a service, because turns at the same moment wait for the same processors.

import { RawClient } from "../../../admin/conformance/raw-client.ts";

/** How many ask, and for how long. */
export interface TurnOptions {
  readonly clients: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/**
 * Sends `select 1` again and again on one connection for each client, one at a time on each.
 * @throws {Error} when a connection ends, or the signal was aborted
 */
export async function measureTurn(
  url: string,
  { clients, seconds, signal }: TurnOptions,
): Promise<{ readonly p50Ms: number; readonly p99Ms: number }> {
  const sockets: RawClient[] = [];
  try {
    while (sockets.length < clients) sockets.push(await RawClient.open(url));
    const tookMs: number[] = [];
    const end = performance.now() + seconds * 1000;
    const askInTurns = async (socket: RawClient): Promise<void> => {
      while (performance.now() < end) {
        signal.throwIfAborted();
        const began = performance.now();
        await socket.ask("select 1");
        tookMs.push(performance.now() - began);
      }
    };
    await Promise.all(sockets.map(askInTurns));
    const sorted = tookMs.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
    return { p50Ms: at(0.5), p99Ms: at(0.99) };
  } finally {
    await Promise.all(sockets.map((socket) => socket.destroy()));
  }
}
