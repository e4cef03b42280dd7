// A TCP proxy that does to connections at work what a bad network does: it stalls, delays, resets, closes
// one direction, or passes on half of a piece and then resets. Between faults bytes pass unchanged.

import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** A running proxy. Whoever opened it closes it. */
export interface FaultProxy {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** Where new connections lead to, on 127.0.0.1. */
  targetPort: number;
  /** How long every piece takes in both directions, in milliseconds; 0 from the start. */
  delayMs: number;
  /** How many pieces were cut so far. */
  readonly cuts: number;
  /** Passes nothing on until {@link resume}: neither on connections that are open nor on new ones. */
  stall(): void;
  resume(): void;
  /** Resets every connection at both ends (RST). */
  reset(): void;
  /** Ends one direction of every connection (FIN); the other stays open for the time being. */
  halfClose(towards: "client" | "server"): void;
  /**
   * Passes on the first half of the next piece in that direction, and then resets its connection. Only a
   * connection that has carried some pieces already, and so is past its login, is cut.
   */
  cutNext(towards: "client" | "server"): void;
  /** Cuts no more, when nothing came. */
  uncut(): void;
  close(): Promise<void>;
}

// More than a login by SCRAM takes in either direction.
const LOGIN_PIECES = 6;

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** Opens a proxy on a free port of 127.0.0.1. */
export async function openFaultProxy(targetPort: number): Promise<FaultProxy> {
  const pairs = new Set<Pair>();
  let stalled = false;
  let cutting: "client" | "server" | undefined;
  let cuts = 0;

  const listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const server = connect({
      port: proxy.targetPort,
      host: "127.0.0.1",
      noDelay: true,
      allowHalfOpen: true,
    });
    const pair = { client, server };
    pairs.add(pair);
    if (stalled) for (const socket of [client, server]) socket.pause();
    const forget = (): void => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const [from, to, towards] of [
      [client, server, "server"],
      [server, client, "client"],
    ] as const) {
      // Timers fire in the order of their time, and those of one time in the order of their making.
      const later = (action: () => void): void => {
        if (proxy.delayMs > 0) setTimeout(action, proxy.delayMs);
        else action();
      };
      let last = Promise.resolve();
      let pieces = 0;
      let isCut = false;
      const inOrder = (action: () => void): void => {
        last = last.then(() => new Promise((done) => later(() => (action(), done()))));
      };
      from.on("data", (piece: Buffer) => {
        pieces += 1;
        // TCP leaves nothing out: what comes behind a part that is missing does not arrive.
        if (isCut) return;
        if (cutting === towards && pieces > LOGIN_PIECES) {
          cutting = undefined;
          isCut = true;
          cuts += 1;
          const half = piece.subarray(0, piece.length >> 1);
          void last.then(() => to.write(half, () => resetPair(pair)));
        } else if (proxy.delayMs > 0) inOrder(() => to.write(piece));
        else void last.then(() => to.write(piece));
      });
      from.on("end", () => void last.then(() => to.end()));
      from.on("error", forget);
      from.on("close", forget);
    }
  });

  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject);
    listener.listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  const proxy: FaultProxy = {
    port: (listener.address() as AddressInfo).port,
    targetPort,
    delayMs: 0,
    get cuts() {
      return cuts;
    },
    stall() {
      stalled = true;
      for (const { client, server } of pairs) for (const one of [client, server]) one.pause();
    },
    resume() {
      stalled = false;
      for (const { client, server } of pairs) for (const one of [client, server]) one.resume();
    },
    reset() {
      for (const pair of pairs) resetPair(pair);
    },
    halfClose(towards) {
      for (const pair of pairs) pair[towards].end();
    },
    cutNext(towards) {
      cutting = towards;
    },
    uncut() {
      cutting = undefined;
    },
    async close() {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      for (const pair of pairs) resetPair(pair);
      await closed;
    },
  };
  return proxy;
}

function resetPair({ client, server }: Pair): void {
  client.resetAndDestroy();
  server.resetAndDestroy();
}
