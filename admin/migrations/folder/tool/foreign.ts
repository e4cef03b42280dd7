// Sections of tools that are not read. Without a look at them both directions would run, one after the other.

import type { SourceText } from "../../text/source-text.ts";
import type { Folder } from "../folder.ts";
import { findMarks } from "./sections.ts";

/** sql-migrate, micrate, rambler, Liquibase, Play, tern, MyBatis, and marks that several small tools share. */
const MARKS: readonly RegExp[] = [
  /^\s*--\s*\+(migrate|micrate)\s/i,
  /^\s*--\s*(rambler)\s+(?:up|down)\b/i,
  /^\s*--\s*(liquibase) formatted sql|^\s*--\s*(changeset) /i,
  /^\s*(?:#\s*---|--)\s*(!ups|!downs)\b/i,
  /^\s*--+\s*(create above \/ drop below)\b/i,
  /^\s*--\s*(\/\/\s*@undo)/i,
  /^\s*--\s*(@?(?:up|down|undo))\s*;?\s*$/i,
];

/** Refuses a file with a section of a tool that is not read. */
export function refuseForeign(folder: Folder, source: SourceText): void {
  for (const pattern of MARKS) {
    const [mark] = findMarks(source, pattern);
    if (mark === undefined) continue;
    const line = source.text.slice(mark.start, mark.end).trim();
    folder.findings.refuse(
      source.file,
      source.lineAt(mark.start),
      `${JSON.stringify(line)} begins a section of a tool that Rowhouse does not read; ` +
        "put the way down into a file of its own, NUMBER_name.down.sql",
    );
    return;
  }
}
