// Reads the fixed text of a template, or a text with parameters, as PostgreSQL reads it. It guarantees that a
// placeholder stands only where a value or a name may stand, and that it is one statement that can neither leave its
// tenant nor end the transaction. It rejects text that PostgreSQL's own lexer reads differently by setting or version. Rules:
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html

import { DOLLAR_TAG, endOfBlockComment, endOfQuoted, SPACE, WORD } from "./scan.ts";
import { type Fail, StatementWords } from "./statement-words.ts";
import { TemplateError } from "./template-error.ts";

const NUMBER = /\.?[0-9][\w.]*/y;
// Longer than a parameter may be, to reject what runs into one.
const PARAMETER = /\$[0-9][\w$\u0080-\uffff]*/y;

/**
 * Checks the pieces of fixed text between the placeholders of a template.
 * @param pieces the template's cooked strings, one more than there are placeholders
 * @returns whether the statement's answer has rows: false for INSERT, UPDATE, DELETE or MERGE without RETURNING
 * @throws {TemplateError} for a placeholder inside a quoted string, a quoted name, a dollar quote or
 *   a comment; for a `;`; for a first word that does not begin a query; for a name or a call that could undo the
 *   tenant's settings
 */
export function checkTemplate(pieces: readonly string[]): boolean {
  const statement = new StatementWords();
  pieces.forEach((piece, index) => {
    if (!isValid(piece)) {
      throw new TemplateError(`Cannot read statement: piece ${index + 1} is not valid text`);
    }
    checkPiece(piece, index < pieces.length - 1 ? index + 1 : undefined, statement);
  });
  return statement.end();
}

/** A statement's text, split at its parameters. */
export interface ParameterText {
  /** The text between the parameters, one piece more than there are parameters. */
  readonly pieces: readonly string[];
  /** The numbers of the parameters, in the order of the text. */
  readonly numbers: readonly number[];
  /** As {@link checkTemplate} returns it. */
  readonly hasRows: boolean;
}

/**
 * Checks a text with the parameters `$1`, `$2`, … as {@link checkTemplate} checks a template. A `$1` within quotes,
 * dollar quotes, names and comments is text.
 * @throws {TemplateError} as {@link checkTemplate}; also for `$0`, `$01` and a parameter that runs into a word
 */
export function splitParameters(text: string): ParameterText {
  if (!isValid(text)) throw new TemplateError("Cannot read statement: it is not valid text");
  const statement = new StatementWords();
  const pieces: string[] = [];
  const numbers: number[] = [];
  let from = 0;
  checkPiece(text, undefined, statement, (token, end) => {
    numbers.push(Number(token.slice(1)));
    pieces.push(text.slice(from, end - token.length));
    from = end;
  });
  pieces.push(text.slice(from));
  return { pieces, numbers, hasRows: statement.end() };
}

function isValid(text: string | undefined): text is string {
  return text !== undefined && text.isWellFormed() && !text.includes("\0");
}

/**
 * Reads one piece.
 * @param placeholder the number of the placeholder that follows it, if any
 * @param onParameter called for each `$1`, which is an error without it
 */
function checkPiece(
  text: string,
  placeholder: number | undefined,
  statement: StatementWords,
  onParameter?: (token: string, end: number) => void,
): void {
  let at = 0;
  const fail: Fail = (problem, from = at) => {
    throw new TemplateError(`Cannot read statement: ${problem} at "${excerpt(text, from)}"`);
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const skipTo = (end: number, length: number, what: string): string => {
    if (end < 0) {
      fail(
        placeholder ? `placeholder ${placeholder} stands inside ${what}` : `${what} does not end`,
      );
    }
    const inner = text.slice(at, end);
    at = end + length;
    return inner;
  };

  while (at < text.length) {
    const char = text.charAt(at);
    const two = text.slice(at, at + 2);
    let token: string | undefined;
    if ((token = match(SPACE))) at += token.length;
    else if (two === "--") {
      const end = text.slice(at).search(/[\n\r]/);
      if (end < 0 && placeholder === undefined) return;
      skipTo(end < 0 ? -1 : at + end, 1, "a comment");
    } else if (two === "/*") skipTo(endOfBlockComment(text, at), 2, "a comment");
    else if (char === "'") skipString(false);
    else if (char === '"') {
      if (text.slice(Math.max(0, at - 2), at).toLowerCase() === "u&") {
        fail("a name with Unicode escapes is not accepted", at - 2);
      }
      at += 1;
      const name = skipTo(endOfQuoted(text, at, '"'), 1, "a quoted name");
      statement.name(name.replaceAll('""', '"'), fail);
    } else if ((token = match(WORD))) {
      at += token.length;
      if (/^e$/i.test(token) && text.charAt(at) === "'") skipString(true);
      else statement.word(token, fail);
    } else if ((token = match(NUMBER))) {
      at += token.length;
      if (text.charAt(at) === "$") fail("a number runs into a dollar sign");
      statement.other(token, fail);
    } else if (onParameter && (token = match(PARAMETER))) {
      if (!/^\$[1-9][0-9]{0,8}$/.test(token)) fail(`"${token}" is not a parameter`);
      at += token.length;
      onParameter(token, at);
      statement.other("value", fail);
    } else if (char === "$") {
      token = match(DOLLAR_TAG) ?? fail('"$" does not begin a dollar quote; write a value as ${…}');
      at += token.length;
      skipTo(text.indexOf(token, at), token.length, "a dollar quote");
      statement.other("$", fail);
    } else if (char === ";") fail('";" would begin a second statement');
    else {
      at += 1;
      statement.other(char, fail);
    }
  }
  if (placeholder !== undefined) statement.other("value", fail);

  function skipString(escapes: boolean): void {
    const start = at++;
    const inner = skipTo(endOfQuoted(text, at, "'", escapes), 1, "a quoted string");
    if (!escapes && inner.includes("\\")) fail("a backslash needs an E'…' string", start);
    statement.other("'", fail);
  }
}

function excerpt(text: string, at: number): string {
  return text.slice(Math.max(0, at - 10), at + 20).replace(/\s+/g, " ");
}
