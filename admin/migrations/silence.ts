// Whether a migration can skip something without a word. A command does what it says or fails; what looks first, or runs
// code, may do less.

import type { Direction } from "./apply.ts";
import type { Migration } from "./folder/migration.ts";

const LOOKS_FIRST = /\bif\s+(?:not\s+)?exists\b/i;
const RUNS_CODE = /^\s*(?:do|call|select|with|execute)\b/i;

/** Whether a migration may make other things of one tenant than of another, and succeed. */
export function maySkip(migration: Migration, direction: Direction): boolean {
  const body = migration[direction];
  if (body?.kind !== "sql") return true;
  return body.commands.some(({ pieces }) => {
    return RUNS_CODE.test(pieces[0] ?? "") || LOOKS_FIRST.test(pieces.join("t"));
  });
}
