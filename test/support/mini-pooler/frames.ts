// The messages of one side of a connection, whole and one at a time.
// https://www.postgresql.org/docs/current/protocol-message-formats.html

import type { Socket } from "node:net";

/** One message. */
export interface RawFrame {
  readonly type: string;
  /** All of it, with the type and the length. */
  readonly bytes: Buffer;
}

const SSL_REQUEST = 80877103;

/** Reads a socket; nobody else listens for its data. */
export class FrameReader {
  readonly #socket: Socket;
  #buffer: Buffer = Buffer.alloc(0);
  #wake = (): void => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#wake();
    });
    for (const event of ["close", "end", "error"]) socket.on(event, () => this.#wake());
  }

  /** Takes the startup message, and refuses encryption before it. */
  async startup(): Promise<void> {
    for (;;) {
      const head = await this.#take(4);
      const body = head && (await this.#take(head.readInt32BE(0) - 4));
      if (body === undefined) throw new Error("The client has gone");
      if (body.readInt32BE(0) !== SSL_REQUEST) return;
      this.#socket.write("N");
    }
  }

  /** The next message; undefined when there will be no more. */
  async next(): Promise<RawFrame | undefined> {
    const head = await this.#take(5);
    if (head === undefined) return undefined;
    const body = await this.#take(head.readInt32BE(1) - 4);
    if (body === undefined) return undefined;
    return { type: head.toString("latin1", 0, 1), bytes: Buffer.concat([head, body]) };
  }

  async #take(count: number): Promise<Buffer | undefined> {
    while (this.#buffer.length < count) {
      if (this.#socket.destroyed || this.#socket.readableEnded) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(count);
    return taken;
  }
}
