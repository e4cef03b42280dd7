// How a connection of postgres.js reaches its server: once for a piece of work, and with an eye on what arrives.

import type { DatabaseAddress } from "./address.ts";
import { readErrorResponse } from "./error-response.ts";
import type { ErrorFields } from "./failure.ts";
import { FrameReader } from "./frames.ts";
import { type RawRow, type RowCounter, sizeOf } from "./rows.ts";
import { findOpenSocket, type OpenSocket, type Socket } from "./socket.ts";

const READS_PER_CONNECT = 2;

/** The way to the server; closed once and for all. */
export class Wire {
  /** What postgres.js is told of it. */
  readonly options: object;
  readonly #address: DatabaseAddress;
  readonly #counter: RowCounter;
  #socket: Socket | undefined;
  #ended: ErrorFields | undefined;
  #overflow: unknown;
  #connects = 0;
  #closed = false;

  /** @param timeoutMs how long connecting may take */
  constructor(address: DatabaseAddress, counter: RowCounter, timeoutMs: number) {
    this.#address = address;
    this.#counter = counter;
    const openSocket = findOpenSocket();
    this.options =
      openSocket === undefined
        ? this.#driverSocket(address)
        : { ssl: false, port: [address.port], socket: () => this.#open(openSocket, timeoutMs) };
  }

  /** The error with which the other side ended the session: postgres.js 3.4.9 forgets one under a message. */
  get ended(): ErrorFields | undefined {
    return this.#ended;
  }

  /** Why the answer was not waited for; undefined while it was. */
  get overflow(): unknown {
    return this.#overflow;
  }

  /**
   * Lets postgres.js connect, once for a piece of work: never within a transaction, which would go on outside
   * of it; and because 3.4.9 connects again without a pause, for as long as a query waits, when a server
   * accepts and closes.
   */
  allowConnect(): void {
    this.#connects = 0;
  }

  /** Nothing connects any more. */
  forbidConnect(): void {
    this.#closed = true;
  }

  /** Cuts the connection, whatever still arrives. */
  cut(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  async #open(openSocket: OpenSocket, timeoutMs: number): Promise<Socket> {
    this.#connects += 1;
    if (this.#closed || this.#connects > 1) {
      throw Object.assign(new Error("Cannot connect again"), { code: "ECONNREFUSED" });
    }
    const socket = await openSocket(this.#address, timeoutMs);
    socket.host = this.#address.host;
    const frames = new FrameReader({
      row: (valueBytes) => this.#counter.add(valueBytes),
      error: (body) => {
        const fields = readErrorResponse(body);
        if ((fields.severity ?? fields.severity_local) === "FATAL") this.#ended = fields;
      },
    });
    socket.on("data", (piece) => {
      try {
        frames.read(piece);
      } catch (error) {
        // A row that is too large is not waited for. What of it has arrived, the driver reads all the same.
        this.#overflow ??= error;
        socket.destroy(error as Error);
      }
    });
    if (this.#closed) socket.destroy();
    this.#socket = socket;
    return socket;
  }

  /** postgres.js opens a socket of its own, and rows are counted when it has read them. */
  #driverSocket({ port, sslMode, tls }: DatabaseAddress): object {
    // It reads the first port when it connects, and again when it has begun to. Port 0 refuses.
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
    // By its own name for a mode, postgres.js 3.4.9 checks the certificate of an address for "localhost".
    const ssl = sslMode === "prefer" ? "prefer" : tls;
    return { ssl, port: ports, transform: { row: { from } } };
  }
}
