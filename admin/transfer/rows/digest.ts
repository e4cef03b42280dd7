// Measures the data that flows through COPY: its bytes, its rows and its SHA-256. It does not keep the data.

import { createHash } from "node:crypto";
import { Transform, type TransformCallback } from "node:stream";
import type { Meter } from "../../command/meter.ts";
import { AdminError } from "../../registry/admin-error.ts";

/** The measures of COPY text. */
export interface Measure {
  readonly bytes: number;
  readonly rows: number;
  /** The SHA-256 in hexadecimal. */
  readonly sha256: string;
}

/** The limits of the flow. */
export interface Bounds {
  readonly maxBytes: number;
  /** The most bytes of one row: PostgreSQL holds a row in its memory, twice. */
  readonly maxRowBytes: number;
}

const NEWLINE = 0x0a;
const UNBOUNDED: Bounds = { maxBytes: Infinity, maxRowBytes: Infinity };

/** Passes COPY text through and measures it. */
export class CopyDigest extends Transform {
  readonly #hash = createHash("sha256");
  readonly #bounds: Bounds;
  readonly #meter: Pick<Meter, "add"> | undefined;
  #bytes = 0;
  #rows = 0;
  /** The bytes of the row that has not ended yet. */
  #rowBytes = 0;

  /** @param bounds the stream fails as soon as the flow exceeds these limits */
  constructor(meter?: Pick<Meter, "add">, bounds: Bounds = UNBOUNDED) {
    super();
    this.#meter = meter;
    this.#bounds = bounds;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const { maxBytes, maxRowBytes } = this.#bounds;
    this.#bytes += chunk.length;
    if (this.#bytes > maxBytes) {
      done(new RangeError(`more than ${maxBytes} bytes`));
      return;
    }
    if (this.#countRows(chunk) > maxRowBytes) {
      done(
        new AdminError(
          `Cannot import tenant: a row has more than ${maxRowBytes} bytes, which PostgreSQL would hold in memory; ` +
            "if you trust the archive's source, allow more with --max-megabytes",
        ),
      );
      return;
    }
    this.#hash.update(chunk);
    this.#meter?.add(chunk.length);
    done(null, chunk);
  }

  /** Returns the measures; call it once, at the end. */
  measure(): Measure {
    return { bytes: this.#bytes, rows: this.#rows, sha256: this.#hash.digest("hex") };
  }

  /** Returns the length so far of the longest row that the chunk contains a part of. */
  #countRows(chunk: Buffer): number {
    let longest = 0;
    let from = 0;
    // A newline within a value is written as \n: each of these bytes ends a row.
    let at = chunk.indexOf(NEWLINE);
    for (; at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.#rows += 1;
      longest = Math.max(longest, this.#rowBytes + at + 1 - from);
      this.#rowBytes = 0;
      from = at + 1;
    }
    this.#rowBytes += chunk.length - from;
    return Math.max(longest, this.#rowBytes);
  }
}
