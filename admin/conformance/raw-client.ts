// A client that speaks the protocol itself: it can send several messages in one write, or half of one, and can end
// without a Terminate message. pg opens the connection, with authentication and encryption, and is then bypassed.
// https://www.postgresql.org/docs/current/protocol-message-formats.html

import { once } from "node:events";
import type { Socket } from "node:net";
import pg from "pg";
import { readConnection } from "../registry/connection/connection.ts";

/** The answer to one message. */
export interface Answer {
  /** The rows of all of its statements, in order, as texts. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** The SQLSTATE with which the message failed; undefined when it succeeded. */
  readonly error: string | undefined;
}

const TIMEOUT_MS = 10_000;
const HEADER_BYTES = 5;

/** A connection. The code that opened it closes it. */
export class RawClient {
  readonly #stream: Socket;
  readonly #answers: Answer[] = [];
  #buffer = Buffer.alloc(0);
  #rows: (string | null)[][] = [];
  #error: string | undefined;
  #wake = (): void => {};

  private constructor(client: pg.Client) {
    // pg's types do not know it.
    this.#stream = (client as unknown as { connection: { stream: Socket } }).connection.stream;
    this.#stream.removeAllListeners("data");
    this.#stream.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#stream.on("close", () => this.#wake());
  }

  /** Connects. */
  static async open(url: string): Promise<RawClient> {
    const client = new pg.Client({
      ...(await readConnection(url, "rowhouse-verify")),
      connectionTimeoutMillis: TIMEOUT_MS,
    });
    client.on("error", () => {});
    await client.connect();
    return new RawClient(client);
  }

  /** Sends messages in one write, without waiting for an answer. */
  send(...messages: readonly string[]): void {
    this.#stream.write(Buffer.concat(messages.map(frame)));
  }

  /** Sends the first `bytes` of a message. */
  sendPart(message: string, bytes: number): void {
    this.#stream.write(frame(message).subarray(0, bytes));
  }

  /**
   * Waits for the answers to `count` messages.
   * @throws {Error} when the connection ends before that, or after ten seconds
   */
  async answers(count: number): Promise<readonly Answer[]> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#wake();
    }, TIMEOUT_MS);
    try {
      while (this.#answers.length < count) {
        const got = `${this.#answers.length} of ${count} answers had arrived`;
        if (this.#stream.destroyed) throw new Error(`the connection closed when ${got}`);
        if (late) throw new Error(`timed out after ${TIMEOUT_MS / 1000} s when ${got}`);
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      clearTimeout(timer);
    }
    return this.#answers.splice(0, count);
  }

  /** Sends one message and waits for its answer. */
  async ask(message: string): Promise<Answer> {
    this.send(message);
    const [answer] = await this.answers(1);
    return answer ?? { rows: [], error: undefined };
  }

  /** Ends the connection as the death of its process would. */
  async destroy(): Promise<void> {
    if (this.#stream.destroyed) return;
    const closed = once(this.#stream, "close");
    this.#stream.destroy();
    await closed;
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      if (this.#buffer.length < HEADER_BYTES) return;
      const end = 1 + this.#buffer.readInt32BE(1);
      if (this.#buffer.length < end) return;
      this.#take(this.#buffer.toString("latin1", 0, 1), this.#buffer.subarray(HEADER_BYTES, end));
      this.#buffer = this.#buffer.subarray(end);
    }
  }

  #take(type: string, body: Buffer): void {
    if (type === "D") this.#rows.push(readRow(body));
    if (type === "E") this.#error = /(?:^|\0)C([0-9A-Z]{5})\0/.exec(body.toString("latin1"))?.[1];
    if (type !== "Z") return;
    this.#answers.push({ rows: this.#rows, error: this.#error });
    this.#rows = [];
    this.#error = undefined;
    this.#wake();
  }
}

/** A Query message. */
function frame(text: string): Buffer {
  const body = Buffer.from(`${text}\0`);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("Q");
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}

function readRow(body: Buffer): (string | null)[] {
  let at = 2;
  return Array.from({ length: body.readInt16BE(0) }, () => {
    const length = body.readInt32BE(at);
    at += 4;
    if (length < 0) return null;
    const text = body.toString("utf8", at, at + length);
    at += length;
    return text;
  });
}
