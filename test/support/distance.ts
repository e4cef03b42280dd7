// A TCP proxy that is far away: every byte takes its time in both directions, and every turn is counted.
// A turn is what the client sends at a stretch and the server's answer to it; opening a connection is
// one as well. Bytes go through unchanged and in order.

import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** A running proxy. Whoever opened it closes it. */
export interface Distance {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
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
  let turns = 0;
  let connections = 0;
  const server = createServer({ noDelay: true }, (client) => {
    connections += 1;
    turns += 1;
    // The kernel has answered already: what would have waited for the answer waits here.
    const openAt = performance.now() + 2 * delayMs;
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
    // Timers of one length fire in the order in which they were set.
    const later = (action: () => void): void => {
      const waitMs = Math.max(0, openAt - performance.now());
      setTimeout(() => setTimeout(action, delayMs), waitMs);
    };
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
