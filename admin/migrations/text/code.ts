// SQL text inside of a file: a part of it, or the text of a quote in it. It knows where each of its characters stands.

import { readTokens, type Token } from "./token.ts";

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/** Text to be read as SQL. */
export class Code {
  readonly text: string;
  /** Returns the place in the file of a character of this text. */
  readonly place: (at: number) => number;

  constructor(text: string, place: (at: number) => number) {
    this.text = text;
    this.place = place;
  }

  /**
   * Reads its tokens.
   * @throws {TextError} whose place is in this text
   */
  tokens(): readonly Token[] {
    return readTokens(this.text);
  }

  /** The text of a string or a dollar quote as code; undefined when its characters cannot be found again in the file. */
  inside({ kind, value, start, end, escapes }: Token): Code | undefined {
    if (kind === "dollar") {
      const begin = start + (end - start - value.length) / 2;
      return new Code(value, (at) => this.place(begin + at));
    }
    if (kind !== "string") return undefined;
    const begin = start + (escapes ? 2 : 1);
    if (end - begin - 1 !== value.length) return undefined;
    const places: number[] = [];
    let text = "";
    for (let at = 0; at < value.length; at += 1) {
      places.push(begin + at);
      const char = value.charAt(at);
      if (char === "\\" && escapes) {
        at += 1;
        text += ESCAPES[value.charAt(at)] ?? value.charAt(at);
      } else {
        text += char;
        if (char === "'") at += 1;
      }
    }
    places.push(begin + value.length);
    return new Code(text, (at) => this.place(places[at] ?? begin + value.length));
  }
}
