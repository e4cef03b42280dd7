// Reads the fixed text of a template as PostgreSQL reads it. It guarantees that a placeholder stands only where a
// value or a name may stand, and that one template is one statement that can neither leave its tenant nor end the
// transaction. It rejects text that PostgreSQL's own lexer reads differently by setting or version. Rules:
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html

import { DOLLAR_TAG, endOfBlockComment, endOfQuoted, SPACE, WORD } from "./scan.ts";
import { type Fail, StatementWords } from "./statement-words.ts";
import { TemplateError } from "./template-error.ts";

const NUMBER = /\.?[0-9][\w.]*/y;

/**
 * Checks the pieces of fixed text between the placeholders of a template.
 * @param pieces the template's cooked strings, one more than there are placeholders
 * @throws {TemplateError} for a placeholder inside a quoted string, a quoted name, a dollar quote or
 *   a comment; for a `;`; for a first word that does not begin a query; for INSERT, UPDATE, DELETE or MERGE
 *   without RETURNING; for a name or a call that could undo the tenant's settings
 */
export function checkTemplate(pieces: readonly string[]): void {
  const statement = new StatementWords();
  pieces.forEach((piece, index) => {
    if (piece === undefined || !piece.isWellFormed() || piece.includes("\0")) {
      throw new TemplateError(`Cannot read statement: piece ${index + 1} is not valid text`);
    }
    checkPiece(piece, index < pieces.length - 1 ? index + 1 : undefined, statement);
  });
  statement.end();
}

/** Reads one piece; `placeholder` is the number of the placeholder that follows it, if any. */
function checkPiece(
  text: string,
  placeholder: number | undefined,
  statement: StatementWords,
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
