// What a server sends, looked at while it arrives and before any of it is kept: how large a row is going to be, and
// the error that ends a session. https://www.postgresql.org/docs/current/protocol-message-formats.html

const DATA_ROW = 0x44; // D
const ERROR_RESPONSE = 0x45; // E
// Type and length; of a row the number of its columns as well.
const HEADER_BYTES = 5;
const ROW_HEADER_BYTES = 7;
const BYTES_PER_COLUMN = 4;
const MAX_ERROR_BYTES = 65_536;

/** What a {@link FrameReader} finds. */
export interface FrameHandlers {
  /** A row begins, whose values have so many bytes. */
  row(valueBytes: number): void;
  /** An ErrorResponse has arrived, without its type and its length. */
  error(body: Uint8Array): void;
}

/** Reads the messages of one connection, in whatever pieces they arrive. */
export class FrameReader {
  readonly #handlers: FrameHandlers;
  #header: number[] = [];
  /** Bytes of the present message that have not arrived. */
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
    // The length counts itself.
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
