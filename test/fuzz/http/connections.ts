// Many connections that take their time.

import { once } from "node:events";
import { connect, type Socket } from "node:net";

const WRITE_EVERY_MS = 50;

/** Connections with the same beginning. Whoever opened them closes them. */
export interface SlowClients {
  /** How many the service has ended or broken so far. */
  ended(): number;
  /** All that came back on any of them. */
  received(): readonly string[];
  close(): void;
}

/** Opens connections that send `bytes` and nothing more; resolves when all of it is on the way. */
export async function openSlowClients(
  port: number,
  count: number,
  bytes: string,
  options: { readonly reads?: boolean } = {},
): Promise<SlowClients> {
  const received = Array.from({ length: count }, () => "");
  let ended = 0;
  const sockets: Socket[] = [];
  for (let at = 0; at < count; at += 1) {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("close", () => (ended += 1));
    socket.on("end", () => socket.destroy());
    if (options.reads === false) {
      // Who reads nothing learns of the end by writing.
      const timer = setInterval(() => socket.write("\n"), WRITE_EVERY_MS);
      socket.pause().on("close", () => clearInterval(timer));
    }
    if (options.reads !== false)
      socket.setEncoding("latin1").on("data", (text: string) => (received[at] += text));
    await once(socket, "connect");
    if (bytes !== "") socket.write(bytes, "latin1");
  }
  return {
    ended: () => ended,
    received: () => received,
    close: () => sockets.forEach((socket) => socket.destroy()),
  };
}
