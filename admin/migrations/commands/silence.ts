// Whether a migration can skip something without a word. A command does what it says or fails; what looks first, or runs
// code, may do less.

import type { Direction } from "./apply.ts";
import type { Migration } from "../folder/migration.ts";

const LOOKS_FIRST = /\bif\s+(?:not\s+)?exists\b/i;
const LOOKS_FIRST_IN = /\bif\s+(?:not\s+)?exists\s+"([^"]+)"\s*\./gi;
// What may call a function within a command, beside those that are the server's own and do nothing but tell.
const CALLS_WITHIN =
  /^\s*(?:insert|update|delete|merge|truncate|copy|refresh|create\s+(?:\w+\s+)*table\b[^]*\b(?:as\s*\(?\s*(?:select|with|table|values|execute))\b|alter\s+table\b[^]*\b(?:default|using|check)\b[^]*[\w"]\s*\()/i;
const TELLS = /\b(?:now|clock_timestamp|gen_random_uuid)\s*\(\s*\)/gi;
const RUNS_CODE = /^\s*(?:do|call|select|with|execute)\b/i;

/** Whether a migration may make other things of one tenant than of another, and succeed. */
export function maySkip(
  migration: Partial<Pick<Migration, Direction>>,
  direction: Direction,
): boolean {
  const body = migration[direction];
  if (body?.kind !== "sql") return true;
  return body.commands.some(({ pieces }) => {
    return RUNS_CODE.test(pieces[0] ?? "") || LOOKS_FIRST.test(pieces.join("t"));
  });
}

/**
 * Whether a command that a module sends for a new schema does what it says or fails. It may look in that schema first,
 * where only the migrations before it have made something.
 */
export function doesAsItSays(text: string, schemaName: string): boolean {
  // One command: what follows a semicolon could be anything.
  if (RUNS_CODE.test(text) || CALLS_WITHIN.test(text.replaceAll(TELLS, ""))) return false;
  if (/;\s*\S/.test(text)) return false;
  return !LOOKS_FIRST.test(
    text.replaceAll(LOOKS_FIRST_IN, (whole, name: string) => (name === schemaName ? "" : whole)),
  );
}
