// A migration as the reader of its tool found it, before its text is read.

import type { Range, SourceText } from "../text/source-text.ts";
import type { Folder } from "./folder.ts";

/** One direction: parts of a file, in order. A command does not go beyond its part. */
export interface SqlPart {
  readonly source: SourceText;
  readonly ranges: readonly Range[];
}

/** A migration in SQL. */
export interface SqlDraft {
  readonly name: string;
  /** The file that has `up`. */
  readonly file: string;
  readonly up: SqlPart;
  readonly down: SqlPart | undefined;
  /** Its tool's own mark asks for no transaction. */
  readonly isMarked: boolean;
}

/** A migration in JavaScript or TypeScript. */
export interface ModuleDraft {
  readonly name: string;
  readonly file: string;
  readonly up: undefined;
}

export type Draft = SqlDraft | ModuleDraft;

/** A tool whose folders are read. */
export interface Tool {
  /** As a plan names it. */
  readonly name: string;
  /** The tool's own command that writes a migration, with NAME in it; undefined where Rowhouse writes one. */
  readonly command?: string;
  /** Returns the migrations of a folder in their order; what it cannot read is a problem of the folder. */
  read(folder: Folder): Promise<readonly Draft[]>;
}

/** The whole of a file as one part. */
export function wholeOf(source: SourceText): SqlPart {
  return { source, ranges: [source.range] };
}
