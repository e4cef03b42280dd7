// What flows through COPY, measured: its bytes, its rows and its SHA-256. Nothing of it is kept.

import { createHash } from "node:crypto";
import { Transform, type TransformCallback } from "node:stream";
import type { Meter } from "../command/meter.ts";

/** COPY text, measured. */
export interface Measure {
  readonly bytes: number;
  readonly rows: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

const NEWLINE = 0x0a;

/** Lets COPY text through and measures it. */
export class CopyDigest extends Transform {
  readonly #hash = createHash("sha256");
  readonly #maxBytes: number;
  readonly #meter: Pick<Meter, "add"> | undefined;
  #bytes = 0;
  #rows = 0;

  /** @param maxBytes fails as soon as more than this flows */
  constructor(meter?: Pick<Meter, "add">, maxBytes: number = Number.MAX_SAFE_INTEGER) {
    super();
    this.#meter = meter;
    this.#maxBytes = maxBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) {
      done(new RangeError(`more than ${this.#maxBytes} bytes`));
      return;
    }
    // A newline within a value is written as \n: each of these bytes ends a row.
    let at = chunk.indexOf(NEWLINE);
    for (; at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) this.#rows += 1;
    this.#hash.update(chunk);
    this.#meter?.add(chunk.length);
    done(null, chunk);
  }

  /** What has flowed; call it once, at the end. */
  measure(): Measure {
    return { bytes: this.#bytes, rows: this.#rows, sha256: this.#hash.digest("hex") };
  }
}
