// A TCP proxy that is far away: every byte takes its time in both directions, and every turn is counted.
// A turn is what the client sends at a stretch and the server's answer to it; opening a connection is
// one as well. Bytes go through unchanged and in order.

import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

// As early as late, on average.
const EARLY_MS = 0.5;

/** A running proxy. Whoever opened it closes it. */
export interface Distance {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** How long each way takes from now on, in milliseconds; with 0 bytes are handed on at once. */
  delayMs: number;
  /** How many turns there have been so far. */
  readonly turns: number;
  /** How many connections were opened so far; each is one of the turns. */
  readonly connections: number;
  /** Ends all connections and stops to listen. */
  close(): Promise<void>;
}

/**
 * Opens a proxy on a free port of 127.0.0.1.
 * @param targetPort where it leads to, on 127.0.0.1
 * @param delayMs how long each way takes, in milliseconds
 */
export async function openDistance(targetPort: number, delayMs: number): Promise<Distance> {
  const sockets = new Set<Socket>();
  const way = { delayMs };
  let turns = 0;
  let connections = 0;
  const server = createServer({ noDelay: true }, (client) => {
    connections += 1;
    turns += 1;
    // The kernel has answered already: what would have waited for the answer waits here.
    const openAt = performance.now() + 2 * way.delayMs;
    const upstream = connect({ port: targetPort, host: "127.0.0.1", noDelay: true });
    let asking = false;
    client.on("data", () => (asking = true));
    upstream.on("data", () => {
      if (asking) turns += 1;
      asking = false;
    });
    carry(client, upstream, openAt);
    carry(upstream, client, 0);
  });

  /** Hands on what comes from one end to the other, later. */
  const carry = (from: Socket, to: Socket, openAt: number): void => {
    sockets.add(from);
    const later = inOrder(() => Math.max(openAt, performance.now()) + way.delayMs);
    from.on("data", (chunk: Buffer) => later(() => to.write(chunk)));
    from.on("end", () => later(() => to.end()));
    from.on("error", () => {});
    from.on("close", () => {
      sockets.delete(from);
      later(() => to.destroySoon());
    });
  };

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    get delayMs() {
      return way.delayMs;
    },
    set delayMs(delayMs) {
      way.delayMs = delayMs;
    },
    get turns() {
      return turns;
    },
    get connections() {
      return connections;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Runs actions one after the other, each when it is due: a timer of Node's is up to a millisecond late. */
function inOrder(dueAt: () => number): (action: () => void) => void {
  const waiting: { readonly at: number; readonly action: () => void }[] = [];
  const run = (): void => {
    for (let [next] = waiting; next !== undefined; [next] = waiting) {
      const waitMs = next.at - performance.now();
      if (waitMs > EARLY_MS) {
        setTimeout(run, Math.max(1, Math.floor(waitMs)));
        return;
      }
      waiting.shift();
      next.action();
    }
  };
  return (action) => {
    waiting.push({ at: dueAt(), action });
    if (waiting.length === 1) run();
  };
}
