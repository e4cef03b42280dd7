// Finds schema names in texts that PostgreSQL stores as text. A rename updates parsed expressions, but not the names
// inside bodies and strings.

/** The kind of a text, which decides how it is searched. */
export type TextKind =
  /** The body of an SQL or PL/pgSQL function: PostgreSQL parses it when it runs. */
  | "code"
  /** A parsed expression, written by PostgreSQL: only its strings are text. */
  | "expression"
  /** Anything else: another language, options, arguments. */
  | "words";

/** A place in a text that names the schema. */
export interface Mention {
  /** Line number from 1, as in PostgreSQL's messages about a function. */
  readonly line: number;
  /** The name, or the string that contains it. */
  readonly text: string;
  /** Whether a dot follows the name, so that it can only name a schema. */
  readonly qualifies: boolean;
}

interface Token {
  readonly kind: "word" | "quoted" | "string" | "mark";
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

const TOKEN =
  /(?<space>\s+|--[^\n]*)|(?<comment>\/\*)|(?<string>[eE]'(?:[^'\\]|\\[^]|'')*'|'(?:[^']|'')*')|(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)|"(?<quoted>(?:[^"]|"")*)"|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<mark>[^])/gy;

// After these words, up to the end of the command, an unqualified word can be a schema's name.
const BEFORE_SCHEMA = new Set(["schema", "search_path"]);

// PostgreSQL writes this after a name that it has resolved.
const RESOLVED = /^\s*::(?:pg_catalog\.)?reg[a-z]+\b/;

/**
 * Finds where `text` names a schema.
 * @param names the schema's name, and other names that always refer to it, such as its role's
 */
export function findMentions(
  text: string,
  kind: TextKind,
  [schemaName, ...others]: readonly [string, ...string[]],
): readonly Mention[] {
  const words = new RegExp(
    `(?<![\\w$\\u0080-\\uffff])(?:${[schemaName, ...others].map(escape).join("|")})(?![\\w$\\u0080-\\uffff])`,
    "i",
  );
  if (!words.test(text)) return [];
  const found: Mention[] = [];
  const add = (at: number, mentioned: string, qualifies: boolean): void => {
    const line = text.slice(0, at).split("\n").length;
    found.push({ line, text: mentioned, qualifies });
  };
  if (kind === "words") {
    for (const { 0: word, index } of text.matchAll(new RegExp(words, "gi")))
      add(index, word, false);
    return found;
  }
  const tokens = readTokens(text);
  let namesSchema = false;
  for (const [index, { kind: shape, text: token, at, end }] of tokens.entries()) {
    if (shape === "string") {
      if (!words.test(token) || (kind === "expression" && RESOLVED.test(text.slice(end)))) continue;
      add(at + token.search(words), token, new RegExp(`${words.source}"?\\s*\\.`, "i").test(token));
    } else if (kind === "expression") continue;
    else if (shape === "mark") namesSchema &&= token !== ";";
    else {
      const name = shape === "word" ? token.toLowerCase() : token;
      const qualifies = tokens[index + 1]?.text === ".";
      if (others.includes(name)) add(at, name, false);
      else if (name === schemaName && (qualifies || namesSchema)) add(at, name, qualifies);
      if (shape === "word" && BEFORE_SCHEMA.has(name)) namesSchema = true;
    }
  }
  return found;
}

/** Returns the strings of an expression that PostgreSQL has not resolved, in order. */
export function readStrings(expression: string): readonly string[] {
  return readTokens(expression)
    .filter(({ kind, end }) => kind === "string" && !RESOLVED.test(expression.slice(end)))
    .map(({ text }) => text);
}

function readTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups ?? {};
    let end = TOKEN.lastIndex || text.length;
    if (groups["comment"] !== undefined) end = endOfComment(text, at);
    else if (groups["dollar"] !== undefined) {
      const close = text.indexOf(groups["dollar"], end);
      end = close < 0 ? text.length : close + groups["dollar"].length;
      tokens.push({ kind: "string", text: text.slice(at, end), at, end });
    }
    for (const kind of ["string", "quoted", "word", "mark"] as const) {
      const token = groups[kind];
      if (token === undefined) continue;
      tokens.push({ kind, text: kind === "quoted" ? token.replaceAll('""', '"') : token, at, end });
    }
    at = end;
  }
  return tokens;
}

/** Comments nest. */
function endOfComment(text: string, at: number): number {
  let depth = 0;
  for (const { 0: mark, index } of text.slice(at).matchAll(/\/\*|\*\//g)) {
    depth += mark === "/*" ? 1 : -1;
    if (depth === 0) return at + index + mark.length;
  }
  return text.length;
}

function escape(name: string): string {
  return name.replaceAll(/[^\w]/g, "\\$&");
}
