// What flows through COPY, measured: its bytes, its rows and its SHA-256. Nothing of it is kept.

import { createHash } from "node:crypto";
import { Transform, type TransformCallback } from "node:stream";
import type { Meter } from "../command/meter.ts";
import { AdminError } from "../registry/admin-error.ts";

/** COPY text, measured. */
export interface Measure {
  readonly bytes: number;
  readonly rows: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** The most that may flow. */
export interface Bounds {
  readonly maxBytes: number;
  /** Of one row: PostgreSQL holds a row in its memory, twice. */
  readonly maxRowBytes: number;
}

const NEWLINE = 0x0a;
const UNBOUNDED: Bounds = { maxBytes: Infinity, maxRowBytes: Infinity };

/** Lets COPY text through and measures it. */
export class CopyDigest extends Transform {
  readonly #hash = createHash("sha256");
  readonly #bounds: Bounds;
  readonly #meter: Pick<Meter, "add"> | undefined;
  #bytes = 0;
  #rows = 0;
  /** Of the row that has not ended yet. */
  #rowBytes = 0;

  /** @param bounds fails as soon as more than this flows */
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
            "if you know who made the archive, allow more with --max-megabytes",
        ),
      );
      return;
    }
    this.#hash.update(chunk);
    this.#meter?.add(chunk.length);
    done(null, chunk);
  }

  /** What has flowed; call it once, at the end. */
  measure(): Measure {
    return { bytes: this.#bytes, rows: this.#rows, sha256: this.#hash.digest("hex") };
  }

  /** Returns the longest row of which a part is in the chunk, so far. */
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
