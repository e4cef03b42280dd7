// Splits one direction of a PostgreSQL connection into its messages, from chunks that may end
// anywhere. It keeps headers only, never a message's contents, and never changes a byte.
// Source: https://www.postgresql.org/docs/current/protocol-message-formats.html

/** Who sends the bytes: only a client begins with messages that have no type byte. */
export type Side = "client" | "server";

/** One whole message. */
export interface Frame {
  /** The type byte, or "startup", "cancel", "ssl" or "gss" for those that have none. */
  readonly type: string;
  /** All of its bytes, with the type byte. */
  readonly length: number;
}

const CODES: Readonly<Record<number, string>> = {
  80877102: "cancel",
  80877103: "ssl",
  80877104: "gss",
};
const LENGTH_BYTES = 4;
const UNTYPED_HEADER_BYTES = 8;
const TYPED_HEADER_BYTES = 5;
const ACCEPTED = new Set(["S", "G"]);

/** The messages of one direction of one connection. */
export class FrameSplitter {
  readonly #side: Side;
  #untyped: boolean;
  /** The encryption request whose answer, a lone byte, comes next from the server. */
  #asked: string | undefined;
  #header: number[] = [];
  #frame: Frame | undefined;
  #missing = 0;

  constructor(side: Side) {
    this.#side = side;
    this.#untyped = side === "client";
  }

  /**
   * Tells a server's splitter that its client has asked for encryption: the next byte is the answer.
   * It is reported as a frame of the request's type, 1 byte long.
   */
  expectAnswer(type: "ssl" | "gss"): void {
    this.#asked = type;
  }

  /**
   * Takes the next chunk and returns the messages that end in it, in their order.
   * Throws an Error when the bytes are none of this protocol, or are encrypted from here on.
   */
  push(chunk: Uint8Array): Frame[] {
    const done: Frame[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#frame) {
        const taken = Math.min(this.#missing, chunk.length - at);
        at += taken;
        this.#missing -= taken;
      } else {
        this.#takeHeaderByte(chunk[at++] ?? 0);
      }
      if (!this.#frame || this.#missing > 0) continue;
      done.push(this.#frame);
      this.#untyped = this.#side === "client" && ["ssl", "gss"].includes(this.#frame.type);
      this.#frame = undefined;
    }
    return done;
  }

  #takeHeaderByte(byte: number): void {
    if (this.#asked !== undefined) return this.#takeAnswer(this.#asked, byte);
    const header = this.#header;
    header.push(byte);
    if (header.length < (this.#untyped ? UNTYPED_HEADER_BYTES : TYPED_HEADER_BYTES)) return;
    this.#header = [];
    const { type, length } = this.#untyped ? readUntyped(header) : readTyped(header);
    if (length < header.length) {
      throw new Error(`Cannot split frames: "${type}" has the impossible length ${length}`);
    }
    this.#frame = { type, length };
    this.#missing = length - header.length;
  }

  #takeAnswer(type: string, byte: number): void {
    const answer = String.fromCharCode(byte);
    if (ACCEPTED.has(answer)) {
      throw new Error(`Cannot split frames: the server accepted "${type}", what follows is secret`);
    }
    this.#asked = undefined;
    this.#frame = { type, length: 1 };
    this.#missing = 0;
  }
}

function readUntyped(header: readonly number[]): Frame {
  const code = readInt32(header, LENGTH_BYTES);
  return { type: CODES[code] ?? "startup", length: readInt32(header, 0) };
}

function readTyped(header: readonly number[]): Frame {
  return { type: String.fromCharCode(header[0] ?? 0), length: readInt32(header, 1) + 1 };
}

function readInt32(bytes: readonly number[], offset: number): number {
  return Buffer.from(bytes).readInt32BE(offset);
}
