// The search path that a function has of its own. It is written as the tenant's schema, which the catalog keeps as a
// setting of the function: a rename finds it there.

import type { Reading } from "../text/reading.ts";
import type { Statement } from "../text/statement.ts";

const ROUTINE =
  /^(?:create (?:or replace )?(?:function|procedure)|alter (?:function|procedure|routine))\b/;
const TEXT = "a function's own search path is read as the tenant's schema";

/**
 * Rewrites `set search_path` of a function.
 * @param needsSchema whether its body was rewritten, so that it depends on the path
 */
export function rewriteFunctionPath(
  statement: Statement,
  reading: Reading,
  needsSchema: boolean,
): void {
  if (!ROUTINE.test(statement.shape)) return;
  const isAltered = statement.word(0) === "alter";
  for (let index = 0; index < statement.tokens.length; index += 1) {
    if (statement.word(index) !== "set" || statement.word(index + 1) !== "search_path") continue;
    const isList = statement.word(index + 2) === "to" || statement.isSign(index + 2, "=");
    if (isList) rewriteList(statement, index + 3, reading, needsSchema || isAltered);
  }
}

function rewriteList(
  statement: Statement,
  from: number,
  reading: Reading,
  needsSchema: boolean,
): void {
  const elements = [from];
  while (statement.isSign((elements.at(-1) ?? 0) + 1, ","))
    elements.push((elements.at(-1) ?? 0) + 2);
  const tokens = elements.flatMap((index) => statement.tokens[index] ?? []);
  const line = reading.line(statement, from);
  const own = tokens.find(({ value, kind }) => value === "public" && kind !== "dollar");
  const [first] = tokens;
  if (first === undefined || first.value === "default") return;
  if (own !== undefined) reading.edit(statement, own.start, own.end, undefined);
  else if (!needsSchema) return;
  else if (first.value === "") {
    // Names that had a qualifier were safe from temporary tables.
    reading.edit(statement, first.start, first.end, undefined);
    reading.edit(statement, first.end, first.end, ", pg_temp");
  } else {
    const last = tokens.at(-1) ?? first;
    const isBefore = last.value === "pg_temp";
    const at = isBefore ? last.start : last.end;
    if (!isBefore) reading.edit(statement, at, at, ", ");
    reading.edit(statement, at, at, undefined);
    if (isBefore) reading.edit(statement, at, at, ", ");
  }
  reading.count("function path", TEXT, line);
}
