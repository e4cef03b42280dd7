// `public.` in code is the tenant's schema. In the body of a stored function the qualifier is dropped, because its path
// finds the name, and a name that is kept as text does not follow a rename.

import type { Reading } from "../text/reading.ts";
import type { Statement } from "../text/statement.ts";
import { isExtensionName } from "./extension-names.ts";

/** Behind one of these stands what is made or dropped: it is the tenant's, whatever its name. */
const MAKERS = new Set([
  "table",
  "type",
  "function",
  "procedure",
  "view",
  "domain",
  "exists",
  "index",
]);

/** Rewrites the qualifiers of a statement. */
export function rewriteQualifiers(statement: Statement, reading: Reading): void {
  statement.tokens.forEach((token, index) => {
    if (statement.name(index) !== "public") return;
    const isQualifier = statement.isSign(index + 1, ".") && !statement.isSign(index - 1, ".");
    const name = statement.tokens[index + 2];
    if (!isQualifier || name === undefined) {
      if (isSchemaName(statement, index)) rewriteSchemaName(statement, index, reading);
      return;
    }
    const line = reading.line(statement, index);
    // OPERATOR(public.<->) is an extension's far more often than the tenant's, and the path finds either.
    const isOperator = statement.isSign(index - 1, "(") && statement.word(index - 2) === "operator";
    const isExtensions =
      isOperator ||
      (isExtensionName(statement.name(index + 2) ?? "") &&
        !MAKERS.has(statement.word(index - 1) ?? ""));
    if (statement.place === "stored") {
      reading.edit(statement, token.start, name.start, "");
      const text =
        'in a stored function "public." is dropped: the path of the function finds the name';
      reading.count("function", text, line);
    } else if (isExtensions) {
      reading.edit(statement, token.start, name.start, "");
      const text = '"public." before a name of an extension is dropped: the shared schemas have it';
      reading.count("extension", text, line);
    } else {
      reading.edit(statement, token.start, token.end, undefined);
      reading.count("schema", '"public." is read as the tenant\'s schema', line);
    }
  });
}

/** Whether the name stands in a list behind the word SCHEMA: `in schema a, public`. */
function isSchemaName(statement: Statement, index: number): boolean {
  let at = index - 1;
  while (statement.isSign(at, ",") && statement.name(at - 1) !== undefined) at -= 2;
  return statement.word(at) === "schema";
}

function rewriteSchemaName(statement: Statement, index: number, reading: Reading): void {
  const token = statement.tokens[index];
  if (token === undefined) return;
  if (statement.place === "stored") {
    reading.refuse(statement, "names the schema public in a stored function; leave it out", index);
    return;
  }
  reading.edit(statement, token.start, token.end, undefined);
  reading.count(
    "schema",
    '"schema public" is read as the tenant\'s schema',
    reading.line(statement, index),
  );
}
