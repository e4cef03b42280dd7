// Where PostgreSQL's quoted text, names and comments end. Every reader of SQL in this repository shares these rules:
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html

/** An unquoted name or keyword. */
export const WORD: RegExp = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
/** White space between tokens. */
export const SPACE: RegExp = /[ \t\n\r\f\v]+/y;
/** The sign that begins and ends a dollar quote. */
export const DOLLAR_TAG: RegExp = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

/**
 * Returns the position of the closing quote, or -1. A doubled quote is part of the text.
 * @param from the position behind the opening quote
 * @param escapes whether a backslash takes the character behind it along, as in E'…'
 */
export function endOfQuoted(text: string, from: number, quote: string, escapes = false): number {
  for (let at = from; at < text.length; at += 1) {
    if (escapes && text.charAt(at) === "\\") at += 1;
    else if (text.charAt(at) === quote) {
      if (text.charAt(at + 1) !== quote) return at;
      at += 1;
    }
  }
  return -1;
}

/**
 * Returns the position of a block comment's end sign, or -1. Block comments nest.
 * @param from the position of its begin sign
 */
export function endOfBlockComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length - 1; at += 1) {
    const two = text.slice(at, at + 2);
    if (two === "/*") depth += 1;
    else if (two === "*/") depth -= 1;
    else continue;
    if (depth === 0) return at;
    at += 1;
  }
  return -1;
}
