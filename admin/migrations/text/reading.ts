// What the rules find in one file: edits, notices, problems and facts for the runner.

import type { Findings } from "../folder/findings.ts";
import type { SourceText } from "./source-text.ts";
import type { Statement } from "./statement.ts";

/** What the folder is for. */
export interface Scope {
  /** The shared schemas of the installation: names that a migration may use as a qualifier. */
  readonly sharedSchemas: readonly string[];
  /** Whether the folder is for what all tenants see: nothing is rewritten then, and less is refused. */
  readonly isShared: boolean;
}

/** A change of the text; without `text` the tenant's schema stands there. Places are the file's. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string | undefined;
}

/** What is known of one command. */
export interface Facts {
  extension?: string;
  addsEnumValue?: true;
  leavesSessionState?: true;
  /** It cannot run in a transaction. */
  isAlone?: true;
  /** It ends its transaction: it needs the mark, whether it stands alone or not. */
  commits?: true;
  /** It is not run: what it makes exists, or it is refused. */
  isLeftOut?: true;
}

/** A kind of rewriting with the lines of a file where it happened. */
interface Rewriting {
  readonly text: string;
  readonly lines: number[];
}

const MOST_LINES = 5;

/** Collects what is found in a file. */
export class Reading {
  readonly source: SourceText;
  readonly scope: Scope;
  readonly #findings: Findings;
  readonly #rewritings = new Map<string, Rewriting>();
  /** Of the command that is being read. */
  edits: Edit[] = [];
  facts: Facts = {};

  constructor(source: SourceText, scope: Scope, findings: Findings) {
    this.source = source;
    this.scope = scope;
    this.#findings = findings;
  }

  /** Begins another command. */
  begin(): void {
    this.edits = [];
    this.facts = {};
  }

  /** The line of a token of a statement. */
  line(statement: Statement, index: number): number {
    const at = statement.tokens[index]?.start ?? 0;
    return this.source.lineAt(statement.code.place(at));
  }

  /** Reports a problem at a place of the file. */
  refuseAt(place: number, text: string): void {
    this.#findings.refuse(this.source.file, this.source.lineAt(place), text);
  }

  /** Reports a problem of a statement, at its first word unless another token is named. */
  refuse(statement: Statement, text: string, index = 0): void {
    const name = statement.title === "" ? "" : `"${statement.title}" `;
    this.#findings.refuse(this.source.file, this.line(statement, index), name + text);
  }

  /** Notes something doubtful, or left out. */
  note(statement: Statement, kind: string, text: string, index = 0): void {
    this.#findings.note(this.source.file, this.line(statement, index), kind, text);
  }

  /**
   * Replaces the tokens from one index up to another, or up to a character of a text.
   * @param text undefined for the tenant's schema
   */
  edit(statement: Statement, start: number, end: number, text: string | undefined): void {
    const { place } = statement.code;
    this.edits.push({ start: place(start), end: place(end), text });
  }

  /** Counts a rewriting for the one notice of its kind. */
  count(kind: string, text: string, line: number): void {
    const rewriting = this.#rewritings.get(kind) ?? { text, lines: [] };
    rewriting.lines.push(line);
    this.#rewritings.set(kind, rewriting);
  }

  /** Writes a notice for each kind of rewriting. */
  finish(): void {
    for (const [kind, { text, lines }] of this.#rewritings) {
      const different = [...new Set(lines)];
      const [first = 1] = different;
      const more = different.length > MOST_LINES ? ", …" : "";
      const where = different.slice(0, MOST_LINES).join(", ") + more;
      const times = lines.length === 1 ? "" : ` (${lines.length} times, lines ${where})`;
      this.#findings.note(this.source.file, first, kind, text + times);
    }
  }

  /** Returns the text from one place of the file up to another, with the edits of this command. */
  pieces(start: number, end: number): readonly string[] {
    const pieces: string[] = [];
    let piece = "";
    let at = start;
    for (const edit of this.edits.toSorted((one, other) => one.start - other.start)) {
      piece += this.source.text.slice(at, edit.start);
      at = edit.end;
      if (edit.text === undefined) {
        pieces.push(piece);
        piece = "";
      } else piece += edit.text;
    }
    return [...pieces, piece + this.source.text.slice(at, end)];
  }
}
