// Turns the raw rows of a message into objects, and bounds their number and size. The service holds a whole result in
// memory, so an unbounded one would end the service for all tenants.

import { AppError } from "../../errors.ts";
import { type Parser, parserOf } from "./types.ts";

/** One row by column name. `types.ts` lists the types that are converted; values of other types stay text. */
export type Row = Record<string, unknown>;

/** The rows of one statement; an empty array for a statement without rows. */
export type Rows<R = Row> = readonly R[] & {
  /** The number of rows that the statement returned, or that INSERT, UPDATE, DELETE or MERGE touched. */
  readonly count: number;
  /** The command in PostgreSQL's words, such as "SELECT" or "INSERT". */
  readonly command: string;
};

/** The rows of each statement, in the order of the statements. */
export type Results = readonly Rows[];

/** How the rows of one statement are read. */
export interface Reading {
  /** Each row by column name, or as an array in the order of the columns; "objects" by default. */
  readonly rows?: "objects" | "arrays";
  /** Parsers by the OID of a type, before those of `types.ts`. */
  readonly parsers?: ReadonlyMap<number, Parser>;
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
export interface RawResult extends ReadonlyArray<RawRow> {
  readonly columns?: readonly Column[] | null;
  readonly command?: string | null;
  readonly count?: number | null;
}

/** A count of the rows of one message as they arrive. */
export class RowCounter {
  readonly #limits: ResultLimits;
  #rows = 0;
  #unseen = 0;
  #bytes = 0;

  constructor(limits: ResultLimits) {
    this.#limits = limits;
  }

  /**
   * Starts the count of another message.
   * @param unseen the number of its rows that belong to no result
   */
  reset(unseen: number): void {
    this.#rows = -unseen;
    this.#unseen = unseen;
    this.#bytes = 0;
  }

  /** Whether no row of the message has arrived. */
  get isEmpty(): boolean {
    return this.#rows + this.#unseen === 0;
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

  /**
   * Checks the size of a message that is not a row, such as an error that quotes a value.
   * @throws {AppError} as {@link add}
   */
  admit(bytes: number): void {
    const { maxBytes } = this.#limits;
    if (bytes > maxBytes) throw tooLarge(`an error or a notice of more than ${maxBytes} bytes`);
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
 * Reads the rows of one statement.
 * @param raw as postgres.js gives it
 */
export function readRows(raw: RawResult, reading?: Reading): Rows {
  return withCount(readItems(raw, reading), raw);
}

/** Reads the first row of a statement; undefined when it has none. */
export function readFirst(raw: RawResult | undefined): Row | undefined {
  return raw === undefined ? undefined : (readItems(raw)[0] as Row | undefined);
}

function readItems(raw: RawResult, reading?: Reading): unknown[] {
  const columns = raw.columns ?? [];
  const own = reading?.parsers;
  const parsers = columns.map(({ type }) => own?.get(type) ?? parserOf(type));
  const read = reading?.rows === "arrays" ? readArray : readRow;
  const rows: unknown[] = [];
  for (let at = 0; at < raw.length; at += 1) rows.push(read(raw[at] ?? [], columns, parsers));
  return rows;
}

/**
 * Gives rows their count and their command, which do not show among their items.
 * @param source the result that has them
 */
export function withCount(rows: unknown[], { count, command }: Partial<RawResult>): Rows {
  // Two calls take half the time of one defineProperties().
  Object.defineProperty(rows, "count", { value: count ?? rows.length });
  return Object.defineProperty(rows, "command", { value: command ?? "" }) as unknown as Rows;
}

function readArray(
  raw: RawRow,
  columns: readonly Column[],
  parsers: readonly (Parser | undefined)[],
): unknown[] {
  return columns.map((_, at) => readValue(raw[at], parsers[at]));
}

function readRow(
  raw: RawRow,
  columns: readonly Column[],
  parsers: readonly (Parser | undefined)[],
): Row {
  const row: Row = {};
  for (let at = 0; at < columns.length; at += 1) {
    const name = columns[at]?.name ?? "";
    const value = readValue(raw[at], parsers[at]);
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

function readValue(bytes: RawValue | null | undefined, parse: Parser | undefined): unknown {
  if (!bytes) return null;
  const text = bytes.toString();
  return parse === undefined ? text : parse(text);
}
