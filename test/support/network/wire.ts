// A TCP proxy in front of PostgreSQL or PgBouncer that counts the messages which pass. It proves
// how many round trips a thing takes. Bytes go through unchanged.
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { FrameSplitter } from "./wire-frames.ts";
import type { Frame, Side } from "./wire-frames.ts";

/** One message that has passed whole. */
export interface WireFrame extends Frame {
  readonly from: Side;
  /** The connection's number, from 1 on in the order of arrival. */
  readonly connection: number;
}

/** A running proxy. Whoever opened it closes it. */
export interface WireTap {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** What has passed since it was opened, or cleared, in order of arrival. */
  readonly frames: readonly WireFrame[];
  /** Forgets the frames; connections stay as they are. */
  clear(): void;
  /** How many frames of a type, such as "Q", have passed; from the client when not told otherwise. */
  count(type: string, from?: Side): number;
  /**
   * Ends all connections and stops to listen.
   * Throws the first Error of the frame splitter: a recording with gaps would prove nothing.
   */
  close(): Promise<void>;
}

/**
 * Opens a proxy on a free port of 127.0.0.1 in front of a server that speaks PostgreSQL's protocol
 * without encryption.
 *
 * @param target the server's host name or address, and its TCP port
 */
export async function openWireTap(target: { host: string; port: number }): Promise<WireTap> {
  const frames: WireFrame[] = [];
  const sockets = new Set<Socket>();
  const failures: unknown[] = [];
  let connections = 0;

  const server = createServer({ noDelay: true }, (client) => {
    const connection = ++connections;
    const upstream = connect({ ...target, noDelay: true });
    const answers = new FrameSplitter("server");
    const record = (socket: Socket, from: Side, splitter: FrameSplitter): void => {
      socket.on("data", (chunk: Buffer) => {
        try {
          for (const frame of splitter.push(chunk)) {
            frames.push({ from, connection, ...frame });
            if (from === "client" && (frame.type === "ssl" || frame.type === "gss")) {
              answers.expectAnswer(frame.type);
            }
          }
        } catch (error) {
          failures.push(error);
          client.destroy();
          upstream.destroy();
        }
      });
    };
    // The recorder is registered before the pipe: a frame counts before its receiver can react.
    record(client, "client", new FrameSplitter("client"));
    record(upstream, "server", answers);
    join(client, upstream, sockets);
    join(upstream, client, sockets);
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    frames,
    clear: () => void frames.splice(0),
    count: (type, from = "client") =>
      frames.filter((frame) => frame.type === type && frame.from === from).length,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** An end in order is passed on by the pipe, a broken connection by breaking the other one. */
function join(from: Socket, to: Socket, sockets: Set<Socket>): void {
  sockets.add(from);
  from.pipe(to);
  from.on("error", () => to.destroy());
  from.on("close", () => {
    sockets.delete(from);
    to.destroySoon();
  });
}
