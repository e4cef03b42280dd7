// Reads a server's messages while they arrive and before the driver keeps them, for two facts: the sizes of rows and of
// other large messages, and the error that ends a session. https://www.postgresql.org/docs/current/protocol-message-formats.html

const DATA_ROW = 0x44; // D
const ERROR_RESPONSE = 0x45; // E
const NOTICE_RESPONSE = 0x4e; // N
// The type and the length; for a row also the number of its columns.
const HEADER_BYTES = 5;
const ROW_HEADER_BYTES = 7;
const BYTES_PER_COLUMN = 4;
// An ErrorResponse up to this size is read. Of a larger one, and of a larger notice, only the size is reported.
const LARGE_BYTES = 65_536;
// The largest message without values is the description of a row: 1,664 columns have 136 KiB.
const MAX_OTHER_BYTES = 2 ** 20;

/** The handlers of the messages that a {@link FrameReader} finds. */
export interface FrameHandlers {
  /** Called at the beginning of a row, with the bytes of its values. */
  row(valueBytes: number): void;
  /** Called at the beginning of an error or a notice of more than 64 KiB, with its size in bytes: they may hold values. */
  large(bytes: number): void;
  /** Called when an ErrorResponse has arrived, with its bytes after type and length. */
  error(body: Uint8Array): void;
}

/** A reader of one connection's messages, which may arrive in pieces of any size. */
export class FrameReader {
  readonly #handlers: FrameHandlers;
  #header: number[] = [];
  /** The bytes of the current message that have not arrived. */
  #left = 0;
  /** The pieces of an ErrorResponse; undefined for any other message. */
  #error: Uint8Array[] | undefined;

  constructor(handlers: FrameHandlers) {
    this.#handlers = handlers;
  }

  /**
   * Reads one more piece.
   * @throws {Error} when the bytes are not messages of PostgreSQL, and what a handler throws
   */
  read(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      if (this.#left > 0) {
        const end = Math.min(piece.length, at + this.#left);
        this.#error?.push(piece.subarray(at, end));
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#end();
        continue;
      }
      // Most pieces begin with a message and hold its header whole.
      const size = piece[at] === DATA_ROW ? ROW_HEADER_BYTES : HEADER_BYTES;
      if (this.#header.length === 0 && at + size <= piece.length) {
        this.#begin(piece, at);
        at += size;
      } else {
        this.#header.push(piece[at] ?? 0);
        at += 1;
        const { length } = this.#header;
        if (length === (this.#header[0] === DATA_ROW ? ROW_HEADER_BYTES : HEADER_BYTES)) {
          const header = this.#header;
          this.#header = [];
          this.#begin(header, 0);
        }
      }
    }
  }

  /** @param bytes hold a header whole, from `at` on */
  #begin(bytes: ArrayLike<number>, at: number): void {
    const type = bytes[at];
    const length = readBytes(bytes, at + 1, 4);
    // The length includes its own four bytes.
    const left = length - 4 - (type === DATA_ROW ? 2 : 0);
    this.#left = Math.max(0, left);
    if (type === DATA_ROW) {
      const columns = readBytes(bytes, at + HEADER_BYTES, 2);
      this.#handlers.row(Math.max(0, left - columns * BYTES_PER_COLUMN));
    } else if (type === ERROR_RESPONSE || type === NOTICE_RESPONSE) {
      if (length > LARGE_BYTES) this.#handlers.large(length);
      else if (type === ERROR_RESPONSE) this.#error = [];
    } else if (length > MAX_OTHER_BYTES) {
      throw new Error(`Cannot read the server's answer: a message has ${length} bytes`);
    }
    if (this.#left === 0) this.#end();
  }

  #end(): void {
    const pieces = this.#error;
    if (pieces === undefined) return;
    this.#error = undefined;
    const body = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      body.set(piece, at);
      at += piece.length;
    }
    this.#handlers.error(body);
  }
}

/** Reads an unsigned number, the highest byte first. */
function readBytes(bytes: ArrayLike<number>, at: number, count: number): number {
  let number = 0;
  for (let index = at; index < at + count; index += 1) number = number * 256 + (bytes[index] ?? 0);
  return number;
}
