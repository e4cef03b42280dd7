// Turns the raw rows of a message into objects, and bounds their number and size. The service holds a whole result in
// memory, so an unbounded one would end the service for all tenants.

import { AppError } from "../../errors.ts";
import { type Parser, parserOf } from "./types.ts";

/** One row by column name. `types.ts` lists the types that are converted; values of other types stay text. */
export type Row = Record<string, unknown>;

/** The rows of each statement that returns rows, in the order of the statements. */
export type Results = readonly (readonly Row[])[];

/** The database's answer to one SQL text. */
export interface Reply {
  readonly results: Results;
  /** The command tag of the last statement without rows, such as "COMMIT". */
  readonly command: string | undefined;
}

/** The limits of one message's result. */
export interface ResultLimits {
  /** The most rows, including that of the entry. */
  readonly maxRows: number;
  /** The most bytes of all values together, as PostgreSQL writes them. */
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

/** A row as it arrived. */
export type RawRow = readonly (RawValue | null)[];

/** The rows of one statement as postgres.js 3.4.9 gives them with `raw()`. */
interface RawResult extends ReadonlyArray<RawRow> {
  readonly columns?: readonly Column[];
  readonly command?: string;
}

/** A count of the rows of one message as they arrive. */
export class RowCounter {
  readonly #limits: ResultLimits;
  #rows = 0;
  #bytes = 0;

  constructor(limits: ResultLimits) {
    this.#limits = limits;
  }

  /** Starts the count of another message. */
  reset(): void {
    this.#rows = 0;
    this.#bytes = 0;
  }

  /**
   * Counts a row.
   * @param valueBytes the bytes of its values
   * @throws {AppError} RESULT_TOO_LARGE; the connection must be discarded, because more rows are arriving
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
  // PostgreSQL commits the message's writes once it has sent the last row, and undoes them if it cannot send it.
  return new AppError("RESULT_TOO_LARGE", `Cannot answer: the result has ${what}`, {
    outcome: "unknown",
  });
}

/**
 * Reads the answer to a text.
 * @param result as postgres.js gives it: the rows of one statement, or an array of the rows of each statement
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
    // A plain assignment would replace the row's prototype.
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
