// Reads the text of a migration as PostgreSQL reads it. White space and comments are no tokens. Text that only psql or
// a template engine understands is an error here: PostgreSQL would read it as something else.

import { DOLLAR_TAG, endOfBlockComment, endOfQuoted, SPACE, WORD } from "../../../src/sql/scan.ts";

/** A word, name, text, number or sign. */
export interface Token {
  /** `word`: a keyword or an unquoted name. `name`: a quoted one. `dollar`: a text in dollar quotes. */
  readonly kind: "word" | "name" | "string" | "dollar" | "number" | "sign";
  /** A word in lower case; a name or a text without its quotes, as written between them; otherwise as written. */
  readonly value: string;
  readonly start: number;
  /** Behind its last character. */
  readonly end: number;
  /** Of a string: it is written as E'…'. */
  readonly escapes?: true;
}

/** A place that cannot be read. */
export class TextError extends Error {
  readonly at: number;
  constructor(problem: string, at: number) {
    super(problem);
    this.at = at;
  }
}

const COMMENT = /--[^\n\r]*/y;
const NUMBER = /\d[\w.]*|\.\d[\w.]*/y;
const OPERATOR = /(?:(?!--|\/\*)[-+*/<>=~!@#%^&|`?])+/y;
const SIGN = /::|:=|\.\.|[:.,;()[\]]|\$\d+/y;
/** Behind a string: white space with a line end and another quote, which go on with the same string. */
const CONTINUED = /(?:[ \t\f\v]|--[^\n\r]*)*[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/y;

const TEMPLATE = "a template is not filled in; write the text itself";

/**
 * Reads the tokens of a text.
 * @throws {TextError} for a quote or comment without an end, a command of psql, a template, or a sign that begins nothing
 */
export function readTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let brackets = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const push = (kind: Token["kind"], end: number, value = text.slice(at, end)): void => {
    tokens.push({ kind, value, start: at, end });
    at = end;
  };
  const close = (end: number, what: string): number => {
    if (end < 0) throw new TextError(`${what} does not end`, at);
    return end;
  };
  const quoted = (quote: string, what: string): number =>
    close(endOfQuoted(text, at + 1, quote), what) + 1;

  while (at < text.length) {
    const char = text.charAt(at);
    const two = text.slice(at, at + 2);
    let token: string | undefined;
    if ((token = match(SPACE))) at += token.length;
    else if ((token = match(COMMENT))) at += token.length;
    else if (two === "/*") at = close(endOfBlockComment(text, at), "a comment") + 2;
    else if (two.toLowerCase() === "e'") escapedString();
    else if (char === "'") {
      const end = quoted("'", "a quoted text");
      push("string", end, text.slice(at + 1, end - 1));
    } else if (char === '"') {
      const end = quoted('"', "a quoted name");
      push("name", end, text.slice(at + 1, end - 1).replaceAll('""', '"'));
    } else if ((token = match(WORD))) push("word", at + token.length, foldWord(token));
    else if ((token = match(NUMBER))) push("number", at + token.length);
    else if ((token = match(DOLLAR_TAG))) {
      const begin = at + token.length;
      const end = close(text.indexOf(token, begin), "a dollar quote");
      push("dollar", end + token.length, text.slice(begin, end));
    } else if ((token = match(OPERATOR))) push("sign", at + token.length);
    else if ((token = match(SIGN))) sign(token);
    else throw new TextError(explain(char, text.slice(at, at + 12)), at);
  }
  return tokens;

  function escapedString(): void {
    const start = at;
    let value = "";
    at += 1;
    for (let goesOn: string | undefined = "'"; goesOn !== undefined; goesOn = match(CONTINUED)) {
      at += goesOn.length;
      const end = close(endOfQuoted(text, at, "'", true), "a quoted text");
      value += text.slice(at, end);
      at = end + 1;
    }
    tokens.push({ kind: "string", value, start, end: at, escapes: true });
  }

  function sign(token: string): void {
    if (token === "[") brackets += 1;
    if (token === "]") brackets -= 1;
    if (token === ":" && brackets <= 0 && /^[A-Za-z_'"]/.test(text.slice(at + 1, at + 2))) {
      throw new TextError(`":${text.slice(at + 1, at + 12)}": ${TEMPLATE}`, at);
    }
    push("sign", at + token.length);
  }
}

/** PostgreSQL folds the letters of ASCII alone. */
function foldWord(word: string): string {
  return word.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function explain(char: string, excerpt: string): string {
  const place = JSON.stringify(excerpt.split("\n")[0]);
  if (char === "{" || char === "}" || excerpt.startsWith("${")) return `${place}: ${TEMPLATE}`;
  if (char === "\\") return `${place} is a command of psql; write it as SQL`;
  return `${place} is not SQL`;
}
