// A TCP proxy that can fail as a network does: it refuses, closes at once, or says nothing; and it can
// lead to another server from one moment to the next. Bytes that it passes on stay as they are.
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** What happens to a new connection: passed on, closed at once, or accepted and left alone. */
export type GateMode = "open" | "closing" | "silent";

/** A running proxy. Whoever opened it closes it. */
export interface Gate {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** How many connections it has accepted so far. */
  readonly accepted: number;
  /** How many of them have not ended at the client's end. */
  readonly alive: number;
  mode: GateMode;
  /** Where new connections lead to, on 127.0.0.1. */
  targetPort: number;
  /** Resets every connection at the client's end (RST). */
  reset(): void;
  /** Ends all connections and stops to listen. */
  close(): Promise<void>;
}

/** Opens a proxy on a free port of 127.0.0.1. */
export async function openGate(targetPort: number): Promise<Gate> {
  const clients = new Set<Socket>();
  let accepted = 0;
  const server = createServer({ noDelay: true }, (client) => {
    accepted += 1;
    clients.add(client);
    client.on("error", () => {});
    client.on("close", () => clients.delete(client));
    if (gate.mode === "closing") client.resume().end();
    else if (gate.mode === "open") pass(client, gate.targetPort);
    else client.resume();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const gate: Gate = {
    port,
    get accepted() {
      return accepted;
    },
    get alive() {
      return clients.size;
    },
    mode: "open",
    targetPort,
    reset() {
      for (const client of clients) client.resetAndDestroy();
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const client of clients) client.destroy();
      await closed;
    },
  };
  return gate;
}

function pass(client: Socket, port: number): void {
  const upstream = connect({ port, host: "127.0.0.1", noDelay: true });
  upstream.on("error", () => client.destroy());
  client.on("close", () => upstream.destroy());
  client.pipe(upstream).pipe(client);
}
