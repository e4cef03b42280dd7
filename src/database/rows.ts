// The rows of a message: raw values to objects, and how much of them there may be. A result is held in memory
// as a whole; one without an end would take the service and every other tenant's requests with it.

import { AppError } from "../errors.ts";
import { type Parser, parserOf } from "./types.ts";

/** One row by column name. Values: see `types.ts`; a type that is not named there stays text. */
export type Row = Record<string, unknown>;

/** The rows of each statement of a message that has any, in the order of the statements. */
export type Results = readonly (readonly Row[])[];

/** What the database answered to one text. */
export interface Reply {
  readonly results: Results;
  /** The command tag of the last statement without rows, such as "COMMIT". */
  readonly command: string | undefined;
}

/** What one message may answer. */
export interface ResultLimits {
  /** Rows, that of the entry included. */
  readonly maxRows: number;
  /** Bytes of all values, as PostgreSQL writes them. */
  readonly maxBytes: number;
}

/** A column as postgres.js describes it. */
interface Column {
  readonly name: string;
  /** OID */
  readonly type: number;
}

/** The bytes of a value's text: a Buffer, whose `toString()` reads UTF-8. */
interface RawValue {
  readonly length: number;
  toString(): string;
}

/** A row as it came. */
export type RawRow = readonly (RawValue | null)[];

/** The rows of one statement as postgres.js 3.4.9 gives them with `raw()`. */
interface RawResult extends ReadonlyArray<RawRow> {
  readonly columns?: readonly Column[];
  readonly command?: string;
}

/** Counts the rows of one message as they come. */
export class RowCounter {
  readonly #limits: ResultLimits;
  #rows = 0;
  #bytes = 0;

  constructor(limits: ResultLimits) {
    this.#limits = limits;
  }

  /** Starts to count the rows of another message. */
  reset(): void {
    this.#rows = 0;
    this.#bytes = 0;
  }

  /**
   * Counts a row.
   * @param valueBytes the bytes of its values
   * @throws {AppError} RESULT_TOO_LARGE; the connection must be discarded, because the rest is on its way
   */
  add(valueBytes: number): void {
    this.#rows += 1;
    this.#bytes += valueBytes;
    const { maxRows, maxBytes } = this.#limits;
    if (this.#rows > maxRows) throw tooLarge(`more than ${maxRows} rows`);
    if (this.#bytes > maxBytes) throw tooLarge(`more than ${maxBytes} bytes`);
  }
}

/** The bytes of a row's values. */
export function sizeOf(row: RawRow): number {
  let bytes = 0;
  for (const value of row) bytes += value?.length ?? 0;
  return bytes;
}

function tooLarge(what: string): AppError {
  // What the message wrote is committed when its last row has been sent, or undone when nobody reads it.
  return new AppError("RESULT_TOO_LARGE", `Cannot answer: the result has ${what}`, {
    outcome: "unknown",
  });
}

/**
 * Reads what a text was answered with.
 * @param result of one statement its rows, of several an array of those, as postgres.js gives them
 */
export function readReply(result: unknown): Reply {
  const results = (
    Array.isArray(result) && "command" in result ? [result] : result
  ) as readonly RawResult[];
  return {
    results: results.map((rows) => readRows(rows, rows.columns ?? [])),
    command: results.at(-1)?.command,
  };
}

function readRows(rows: RawResult, columns: readonly Column[]): Row[] {
  const parsers = columns.map(({ type }) => parserOf(type));
  return Array.from(rows, (row) => readRow(row, columns, parsers));
}

function readRow(
  raw: RawRow,
  columns: readonly Column[],
  parsers: readonly (Parser | undefined)[],
): Row {
  const row: Row = {};
  for (let at = 0; at < columns.length; at += 1) {
    const name = columns[at]?.name ?? "";
    const bytes = raw[at];
    const parse = parsers[at];
    let value: unknown = null;
    if (bytes) {
      const text = bytes.toString();
      value = parse === undefined ? text : parse(text);
    }
    // A plain assignment would set the row's prototype.
    if (name === "__proto__") {
      Object.defineProperty(row, name, {
        value,
        configurable: true,
        enumerable: true,
        writable: true,
      });
    } else row[name] = value;
  }
  return row;
}
