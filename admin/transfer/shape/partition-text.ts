// Checks the two phrases of a partition that come as text from outside: its bound and its key. Each must match
// PostgreSQL's own form for literals and column names as a whole, so that it cannot contain other SQL.
// https://www.postgresql.org/docs/current/sql-createtable.html

const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
// With standard_conforming_strings, as prepareCopy sets it: a backslash is a backslash.
const STRING = String.raw`B?'(?:[^']|'')*'`;
const VALUE = `(?:${NUMBER}|${STRING}|MINVALUE|MAXVALUE|NULL|true|false)`;
const VALUES = String.raw`\(${VALUE}(?:, ${VALUE})*\)`;
const COLUMN = String.raw`(?:[a-z_][a-z0-9_]*|"(?:[^"]|"")+")`;

const BOUND = new RegExp(
  String.raw`^(?:DEFAULT|FOR VALUES (?:IN ${VALUES}|FROM ${VALUES} TO ${VALUES}|WITH \(modulus \d+, remainder \d+\)))$`,
);
const KEY = new RegExp(String.raw`^(?:RANGE|LIST|HASH) \(${COLUMN}(?:, ${COLUMN})*\)$`);

/** Whether a text is a bound of literals alone, such as `FOR VALUES IN ('a', NULL)`. */
export function isPartitionBound(text: string): boolean {
  return BOUND.test(text);
}

/** Whether a text is a key of columns alone, such as `RANGE (at, id)`. */
export function isPartitionKey(text: string): boolean {
  return KEY.test(text);
}
