// Stands in for poolers that Debian has no package of, or that are hard to set up: it hands each message of its
// clients to one of its server connections, by rules that a test picks. It speaks the protocol without encryption,
// asks its clients for no password, and takes one message at a time of each.
// https://www.postgresql.org/docs/current/protocol-flow.html

import { createServer, type AddressInfo, type Socket } from "node:net";
import { Pool, type PoolRules } from "./pool.ts";
import { type ClientRules, serve } from "./serve.ts";

/** Its rules. */
export interface MiniPoolerRules extends ClientRules, PoolRules {
  /** Processes with a pool of their own; each client is in one of them, in turn. 1 when left out. */
  readonly processes?: number;
}

/** A running pooler. Whoever opened it closes it. */
export interface MiniPooler {
  readonly port: number;
  /** The URL through it. */
  readonly url: string;
  close(): Promise<void>;
}

/** Opens a pooler on a free port of 127.0.0.1, for one user and database. */
export async function openMiniPooler(url: string, rules: MiniPoolerRules): Promise<MiniPooler> {
  const pools = Array.from({ length: rules.processes ?? 1 }, () => new Pool(url, rules));
  const sockets = new Set<Socket>();
  let clients = 0;
  const listener = createServer({ noDelay: true }, (socket) => {
    clients += 1;
    const pool = pools[clients % pools.length];
    if (pool === undefined) return;
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    serve(socket, pool, rules, clients).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject).listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  const { port } = listener.address() as AddressInfo;
  const through = new URL(url);
  through.port = String(port);
  return {
    port,
    url: through.href,
    async close() {
      const closed = new Promise((resolve) => listener.close(resolve));
      for (const socket of sockets) socket.destroy();
      for (const { all } of pools)
        await Promise.all([...all].map((client) => client.end().catch(() => {})));
      await closed;
    },
  };
}
