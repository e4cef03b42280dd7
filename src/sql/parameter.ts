// Writes the value of a parameter such as $1. A bound parameter takes its type from where it stands, and so does a quoted
// literal.

import { json, quotedLiteral } from "./literal.ts";

/**
 * Writes a value as a quoted literal in parentheses. It has no type of its own, like a bound parameter. A plain object
 * is written as JSON.
 * @param place as for {@link literal}
 * @throws as {@link literal}, but takes a bigint of any size
 */
export function untypedLiteral(value: unknown, place: string): string {
  if (value === null) return "(null)";
  return quotedLiteral(toValue(value), place);
}

function toValue(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Array.from(value, toValue);
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || prototype === null;
  // For node-postgres such an object is not JSON.
  return isPlain && !("toPostgres" in value) ? json(value) : value;
}
