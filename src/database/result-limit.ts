// How much a message may answer. A result is held in memory as a whole: one that has no end would take the
// service with it, and every other tenant's requests.

import { AppError } from "../errors.ts";
import type { Config } from "../config.ts";

// Numbers, dates and the like, about.
const BYTES_OF_SCALAR = 8;

type Values = Readonly<Record<string, unknown>>;

/** The rows of one message, counted as they come. */
export class ResultSize {
  readonly #maxRows: number;
  readonly #maxBytes: number;
  #rows = 0;
  #bytes = 0;

  constructor(config: Pick<Config, "MAX_RESPONSE_ROWS" | "MAX_RESPONSE_BYTES">) {
    this.#maxRows = config.MAX_RESPONSE_ROWS;
    this.#maxBytes = config.MAX_RESPONSE_BYTES;
  }

  /** Begins anew. The row of the entry counts, too. */
  clear(): void {
    this.#rows = 0;
    this.#bytes = 0;
  }

  /**
   * Counts a row and returns it.
   * @throws {AppError} RESULT_TOO_LARGE; the connection must be discarded, for the rest is on its way
   */
  add<R extends Values>(row: R): R {
    this.#rows += 1;
    this.#count(row);
    if (this.#rows > this.#maxRows) throw tooLarge(`more than ${this.#maxRows} rows`);
    if (this.#bytes > this.#maxBytes) throw tooLarge(`more than ${this.#maxBytes} bytes`);
    return row;
  }

  /** A value of JSON or an array may have any depth, and is looked at no further than the bound. */
  #count(row: Values): void {
    const left: unknown[] = [row];
    while (left.length > 0 && this.#bytes <= this.#maxBytes) {
      const value = left.pop();
      if (typeof value === "string" || value instanceof Uint8Array) this.#bytes += value.length;
      else if (typeof value !== "object" || value === null) this.#bytes += BYTES_OF_SCALAR;
      else {
        for (const [name, inner] of Object.entries(value)) {
          if (value !== row && !Array.isArray(value)) this.#bytes += name.length;
          left.push(inner);
        }
      }
    }
  }
}

function tooLarge(what: string): AppError {
  // What the message wrote is committed when its last row has been sent, or undone when nobody reads it.
  return new AppError("RESULT_TOO_LARGE", `Cannot answer: the result has ${what}`, {
    outcome: "unknown",
  });
}
