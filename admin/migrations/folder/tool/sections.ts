// Files with both directions: marks on lines of their own begin the sections.

import type { Range, SourceText } from "../../text/source-text.ts";
import type { SqlPart } from "../draft.ts";

/** The sections of a file. */
export interface Sections {
  readonly up: SqlPart;
  readonly down: SqlPart | undefined;
  readonly isMarked: boolean;
}

/** Reads the sections of a file; undefined when it reported a problem. */
export type ReadSections = (
  source: SourceText,
  refuse: (at: number, text: string) => void,
) => Sections | undefined;

/** A line that is a mark, with its place. */
export interface Mark extends Range {
  /** What the mark's pattern captured, in lower case. */
  readonly word: string;
  /** Another thing that the pattern captured, as written. */
  readonly option: string;
}

/** Finds the lines that are marks. */
export function findMarks(source: SourceText, pattern: RegExp): readonly Mark[] {
  return source.lines().flatMap(({ start, end, text }) => {
    const found = pattern.exec(text);
    if (found === null) return [];
    const [, word = "", option = ""] = found;
    return [{ start, end, word: word.toLowerCase(), option }];
  });
}

/** The place of a character above the first mark that is neither white space nor a comment's; -1 when there is none. */
export function findCommandBefore(source: SourceText, first: Range): number {
  for (const { start, text } of source.lines()) {
    if (start >= first.start) break;
    const at = text.search(/\S/);
    if (at >= 0 && !text.startsWith("--", at)) return start + at;
  }
  return -1;
}
