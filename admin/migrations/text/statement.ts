// One statement as the rules see it: its tokens, and a line of text with one form for each command, on which a regular
// expression is a rule.

import type { Code } from "./code.ts";
import type { Token } from "./token.ts";

/** Where a statement stands: in a file, in the body of a DO, or in the body of a stored function. */
export type Place = "command" | "do" | "stored";

const MAX_TITLE = 60;

/** A statement. */
export class Statement {
  readonly code: Code;
  readonly tokens: readonly Token[];
  readonly place: Place;
  /**
   * Its tokens with one space between them: words in lower case, names in double quotes, texts in single quotes without
   * white space, dollar quotes as `$$`.
   */
  readonly shape: string;
  readonly #offsets: number[] = [];

  constructor(code: Code, tokens: readonly Token[], place: Place) {
    this.code = code;
    this.tokens = tokens;
    this.place = place;
    const parts: string[] = [];
    let length = 0;
    for (const token of tokens) {
      const part = shapeOf(token);
      this.#offsets.push(length);
      length += part.length + 1;
      parts.push(part);
    }
    this.shape = parts.join(" ");
  }

  /** The index of the token at an offset of its shape. */
  indexAt(offset: number): number {
    const behind = this.#offsets.findIndex((start) => start > offset);
    return behind < 0 ? this.tokens.length - 1 : behind - 1;
  }

  /** The word at an index; undefined for anything that is not a word. */
  word(index: number): string | undefined {
    const token = this.tokens[index];
    return token?.kind === "word" ? token.value : undefined;
  }

  /** Whether the sign at an index is this one. */
  isSign(index: number, sign: string): boolean {
    const token = this.tokens[index];
    return token?.kind === "sign" && token.value === sign;
  }

  /** The word or the quoted name at an index. */
  name(index: number): string | undefined {
    const token = this.tokens[index];
    return token?.kind === "word" || token?.kind === "name" ? token.value : undefined;
  }

  /** Its first words, without any value. */
  get title(): string {
    let title = "";
    for (const token of this.tokens.slice(0, 9)) {
      const isDot = token.kind === "sign" && token.value === ".";
      if (!isDot && token.kind !== "word" && token.kind !== "name") break;
      const glue = isDot || title.endsWith(".") || title === "" ? "" : " ";
      title += glue + (token.kind === "name" ? `"${token.value}"` : token.value);
    }
    return title.length > MAX_TITLE ? `${title.slice(0, MAX_TITLE)}…` : title;
  }
}

function shapeOf({ kind, value }: Token): string {
  if (kind === "word" || kind === "number" || kind === "sign") return value;
  if (kind === "dollar") return "$$";
  const quote = kind === "name" ? '"' : "'";
  return quote + value.slice(0, 80).replaceAll(/[\s"']/g, "_") + quote;
}
