// Opens the sockets of a postgres.js connection, at most one for a piece of work, and watches the bytes that arrive.

import type { DatabaseAddress } from "./address.ts";
import { readErrorResponse } from "./error-response.ts";
import type { ErrorFields } from "./failure.ts";
import { FrameReader } from "./frames.ts";
import { type RawRow, type RowCounter, sizeOf } from "../values/rows.ts";
import { findOpenSocket, type OpenSocket, type Socket } from "./socket.ts";

const READS_PER_CONNECT = 2;

/** The socket of a connection; once closed, it stays closed. */
export class Wire {
  /** The options of postgres.js that make it use this socket. */
  readonly options: object;
  readonly #address: DatabaseAddress;
  readonly #counter: RowCounter;
  #socket: Socket | undefined;
  #ended: ErrorFields | undefined;
  #overflow: unknown;
  #connects = 0;
  #closed = false;

  /** @param timeoutMs how long connecting may take, in milliseconds */
  constructor(address: DatabaseAddress, counter: RowCounter, timeoutMs: number) {
    this.#address = address;
    this.#counter = counter;
    const openSocket = findOpenSocket();
    this.options =
      openSocket === undefined
        ? this.#driverSocket(address)
        : { ssl: false, port: [address.port], socket: () => this.#open(openSocket, timeoutMs) };
  }

  /** The error with which the server or pooler ended the session; postgres.js 3.4.9 drops one during a message. */
  get ended(): ErrorFields | undefined {
    return this.#ended;
  }

  /** The error for which this socket was cut during an answer; undefined otherwise. */
  get overflow(): unknown {
    return this.#overflow;
  }

  /**
   * Lets postgres.js connect once for a piece of work: when a server accepts and closes, 3.4.9 connects again without
   * a pause for as long as a query waits.
   */
  allowConnect(): void {
    this.#connects = 0;
    // A session that ended while it was idle says nothing of the next one.
    this.#ended = undefined;
  }

  /**
   * Makes an attempt to connect fail until the next piece of work. A transaction that has begun on a connection which
   * was open before has not used its own attempt: when the connection is lost between two messages, the next statement
   * or COMMIT must not run on a new one.
   */
  endConnecting(): void {
    this.#connects = Infinity;
  }

  /** Makes every later attempt to connect fail. */
  forbidConnect(): void {
    this.#closed = true;
  }

  /** Closes the socket at once, even while an answer arrives. */
  cut(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  async #open(openSocket: OpenSocket, timeoutMs: number): Promise<Socket> {
    this.#connects += 1;
    if (this.#closed || this.#connects > 1) {
      throw Object.assign(new Error("Cannot connect: this piece of work has connected before"), {
        code: "ECONNREFUSED",
      });
    }
    const socket = await openSocket(this.#address, timeoutMs);
    socket.host = this.#address.host;
    const frames = new FrameReader({
      row: (valueBytes) => this.#counter.add(valueBytes),
      large: (bytes) => this.#counter.admit(bytes),
      error: (body) => {
        const fields = readErrorResponse(body);
        if ((fields.severity ?? fields.severity_local) === "FATAL") this.#ended = fields;
      },
    });
    socket.on("data", (piece) => {
      try {
        frames.read(piece);
      } catch (error) {
        // The socket does not wait for the rest of a large message. The driver still reads the part that has arrived.
        this.#overflow ??= error;
        socket.destroy(error as Error);
      }
    });
    if (this.#closed) socket.destroy();
    this.#socket = socket;
    return socket;
  }

  /** The options with which postgres.js opens its own socket. Rows are counted after it has read them. */
  #driverSocket({ port, sslMode, tls }: DatabaseAddress): object {
    // postgres.js reads the first port twice for each connection attempt. Port 0 makes the attempt fail.
    const ports = Object.defineProperty([port], 0, {
      get: () => {
        this.#connects += 1;
        return !this.#closed && this.#connects <= READS_PER_CONNECT ? port : 0;
      },
    });
    const from = (row: RawRow): RawRow => {
      this.#counter.add(sizeOf(row));
      return row;
    };
    // With the name of a mode, postgres.js 3.4.9 would check an address's certificate for the name "localhost".
    const ssl = sslMode === "prefer" ? "prefer" : tls;
    return { ssl, port: ports, transform: { row: { from } } };
  }
}
