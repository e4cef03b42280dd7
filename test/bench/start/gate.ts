// A proxy before PostgreSQL: a client logs in through it, and its first query goes no further. So a verb that is measured
// changes nothing.

import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

// Until it has logged in, a client sends one message and waits for the answer: a query begins a chunk.
// https://www.postgresql.org/docs/current/protocol-message-formats.html
const QUERIES: ReadonlySet<number | undefined> = new Set(["Q", "P"].map((t) => t.charCodeAt(0)));

/** A running proxy. Whoever opened it closes it. */
export interface Gate {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** Called at once when a query arrives; the client waits for its answer in vain. */
  onQuery: () => void;
  /** Ends all connections and stops to listen. */
  close(): Promise<void>;
}

/**
 * Opens a proxy on a free port of 127.0.0.1.
 * @param targetPort where it leads to, on 127.0.0.1
 */
export async function openGate(targetPort: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  const way = { onQuery: (): void => {} };
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: targetPort, host: "127.0.0.1", noDelay: true });
    client.on("data", (chunk: Buffer) => {
      if (QUERIES.has(chunk[0])) way.onQuery();
      else upstream.write(chunk);
    });
    upstream.pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  return Object.assign(way, {
    port: (server.address() as AddressInfo).port,
    async close(): Promise<void> {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  });
}
