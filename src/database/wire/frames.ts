// Reads a server's messages while they arrive and before the driver keeps them, for two facts: the size of each row,
// and the error that ends a session. https://www.postgresql.org/docs/current/protocol-message-formats.html

const DATA_ROW = 0x44; // D
const ERROR_RESPONSE = 0x45; // E
// The type and the length; for a row also the number of its columns.
const HEADER_BYTES = 5;
const ROW_HEADER_BYTES = 7;
const BYTES_PER_COLUMN = 4;
const MAX_ERROR_BYTES = 65_536;

/** The handlers of the messages that a {@link FrameReader} finds. */
export interface FrameHandlers {
  /** Called at the beginning of a row, with the bytes of its values. */
  row(valueBytes: number): void;
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

  /** Reads one more piece. */
  read(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      if (this.#left > 0) {
        const end = Math.min(piece.length, at + this.#left);
        this.#error?.push(piece.subarray(at, end));
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#end();
      } else {
        this.#header.push(piece[at] ?? 0);
        at += 1;
        const [type] = this.#header;
        const size = type === DATA_ROW ? ROW_HEADER_BYTES : HEADER_BYTES;
        if (this.#header.length === size) this.#begin(this.#header);
      }
    }
  }

  #begin(header: readonly number[]): void {
    const [type, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = header;
    const length = ((a * 256 + b) * 256 + c) * 256 + d;
    const isRow = type === DATA_ROW;
    this.#header = [];
    // The length includes its own four bytes.
    this.#left = Math.max(0, length - 4 - (isRow ? 2 : 0));
    if (isRow) this.#handlers.row(Math.max(0, this.#left - (e * 256 + f) * BYTES_PER_COLUMN));
    else if (type === ERROR_RESPONSE && length <= MAX_ERROR_BYTES) this.#error = [];
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
