// The text of one file. Line ends are "\n", whatever the checkout made of them: the same checksum is the same effect.

import { createHash } from "node:crypto";

/** A part of a text: from `start` up to `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A line without its line end. */
export interface Line extends Range {
  readonly text: string;
}

/** The text of a file, with its lines. */
export class SourceText {
  /** Relative to the folder of migrations, with "/". */
  readonly file: string;
  readonly text: string;
  readonly #starts: number[] = [];

  /**
   * Decodes a file.
   * @throws {TypeError} when it is not UTF-8
   */
  constructor(file: string, bytes: Uint8Array) {
    this.file = file;
    // The decoder takes a byte order mark away.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    this.text = text.replaceAll(/\r\n?/g, "\n");
    for (let at = -1; ;) {
      this.#starts.push(at + 1);
      at = this.text.indexOf("\n", at + 1);
      if (at < 0) break;
    }
  }

  /** All of it. */
  get range(): Range {
    return { start: 0, end: this.text.length };
  }

  /** SHA-256 in hex. */
  get checksum(): string {
    return createHash("sha256").update(this.text).digest("hex");
  }

  /** The line, from 1, of a character. */
  lineAt(at: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? Infinity) <= at) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /** The lines with their places. */
  lines(): readonly Line[] {
    return this.#starts.map((start, index) => {
      const end = (this.#starts[index + 1] ?? this.text.length + 1) - 1;
      return { start, end, text: this.text.slice(start, end) };
    });
  }
}
