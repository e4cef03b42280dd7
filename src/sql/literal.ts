// Writes one JavaScript value as one SQL literal. For every value and every setting of standard_conforming_strings, a
// literal must neither end before its last character nor join the text beside it. Hence the doubled quotes, the E'…'
// for a backslash, and the parentheses.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-CONSTANTS
// A bare "-1" can begin a comment: https://nvd.nist.gov/vuln/detail/CVE-2024-27289

import { AppError } from "../errors.ts";

/** A value that can become a literal. Arrays may be nested; PostgreSQL requires them to be rectangular. */
export type Value =
  null | boolean | number | bigint | string | Date | Uint8Array | Json | readonly Value[];

const MAX_INT8 = 2n ** 63n - 1n;
const MIN_INT8 = -(2n ** 63n);

/** A value that is written as JSON text; made by {@link json}. */
export class Json {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The JSON text. */
  get text(): string {
    return this.#text;
  }

  /** The text of a value that this class made; undefined for an object that only has its prototype. */
  static textOf(value: object): string | undefined {
    return #text in value ? value.#text : undefined;
  }
}

/**
 * Marks a value to be written as JSON, for a `json` or `jsonb` column or parameter. Without it, a tag rejects an
 * object and writes an array as an SQL array.
 * @throws {TypeError} when `JSON.stringify` cannot write the value, such as a function or a cycle
 * @example
 * ```ts
 * import { json, type Tenant } from "rowhouse";
 *
 * export async function saveSettings(tenant: Tenant, settings: object): Promise<void> {
 *   await tenant`update profile set settings = ${json(settings)} returning id`;
 * }
 * ```
 */
export function json(value: unknown): Json {
  const text: unknown = JSON.stringify(value);
  if (typeof text !== "string") {
    throw new TypeError(`Cannot write JSON: a ${typeof value} cannot be written as JSON`);
  }
  return new Json(text);
}

/**
 * Writes a value as an SQL literal in parentheses. Safe integers and bigints become digits, which have a type in SQL
 * (`text = (42)` is an error, and `order by (2)` means the second column). Strings, dates, bytes, JSON, arrays and all
 * other numbers are quoted and untyped, like `'…'` in SQL.
 * @param place the name of the value in errors, such as "value 2"
 * @throws {AppError} VALUE_INVALID for a string with NUL or a lone surrogate, a bigint beyond int8,
 *   an invalid date or one outside the years 1 to 9999
 * @throws {TypeError} for every other type, `undefined` and plain objects included
 */
export function literal(value: unknown, place: string): string {
  switch (typeof value) {
    case "string":
      return quote(value, place);
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0)
        ? `(${value})`
        : quote(scalarText(value, place), place);
    case "bigint":
      return `(${scalarText(value, place)})`;
    case "boolean":
      return value ? "(true)" : "(false)";
    default:
      return value === null ? "(null)" : quotedLiteral(value, place);
  }
}

/**
 * Writes a value that is not null as a quoted literal, whatever its type.
 * @throws as {@link literal}
 */
export function quotedLiteral(value: unknown, place: string): string {
  return quote(Array.isArray(value) ? arrayText(value, place) : scalarText(value, place), place);
}

// The characters that need escaping or make a text invalid.
const UNPLAIN = /['\\\0\ud800-\udfff]/;
const UNPLAIN_ITEM = /["\\]/;

function quote(text: string, place: string): string {
  if (!UNPLAIN.test(text)) return `('${text}')`;
  if (text.includes("\0")) throw invalid(place, "text has a NUL character");
  if (!text.isWellFormed()) throw invalid(place, "text has a lone surrogate");
  const doubled = text.replaceAll("'", "''");
  return text.includes("\\") ? `(E'${doubled.replaceAll("\\", "\\\\")}')` : `('${doubled}')`;
}

/** The text form of one value, before any quoting. */
function scalarText(value: unknown, place: string): string {
  switch (typeof value) {
    case "string":
      return value;
    case "boolean":
      return String(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      if (value > MAX_INT8 || value < MIN_INT8) throw invalid(place, "bigint is beyond int8");
      return String(value);
    default:
      if (typeof value === "object" && value !== null) {
        const text = objectText(value, place);
        if (text !== undefined) return text;
      }
      throw new TypeError(
        `Cannot write ${place}: its type is ${typeName(value)}; ` +
          "pass null, boolean, number, bigint, string, Date, Uint8Array, an array of these, or json(…)",
      );
  }
}

/** Reads the object's internal state, never its own methods: those could answer differently each time. */
function objectText(value: object, place: string): string | undefined {
  const json = Json.textOf(value);
  if (json !== undefined) return json;
  if (value instanceof Date) return dateText(value, place);
  return value instanceof Uint8Array ? bytesText(value) : undefined;
}

/** An array in PostgreSQL's text form: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function arrayText(values: readonly unknown[], place: string): string {
  let text = "{";
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) text += ",";
    text += itemText(values[index], `${place}, item ${index + 1}`);
  }
  return `${text}}`;
}

function itemText(value: unknown, place: string): string {
  if (value === null) return "NULL";
  if (Array.isArray(value)) return arrayText(value, place);
  const text = scalarText(value, place);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return text;
  }
  if (!UNPLAIN_ITEM.test(text)) return `"${text}"`;
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function dateText(value: Date, place: string): string {
  let time: number;
  try {
    time = Date.prototype.getTime.call(value);
  } catch {
    throw new TypeError(`Cannot write ${place}: it has the prototype of a Date but is not one`);
  }
  const date = new Date(time);
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) throw invalid(place, "date is outside the years 1 to 9999");
  return date.toISOString();
}

function bytesText(bytes: Uint8Array): string {
  const own = new Uint8Array(bytes);
  let text = "\\x";
  for (const byte of own) text += byte.toString(16).padStart(2, "0");
  return text;
}

function typeName(value: unknown): string {
  if (value === undefined) return "undefined";
  return typeof value === "object" ? (value?.constructor?.name ?? "object") : typeof value;
}

function invalid(place: string, problem: string): AppError {
  return new AppError("VALUE_INVALID", `Cannot write ${place}: its ${problem}`);
}
