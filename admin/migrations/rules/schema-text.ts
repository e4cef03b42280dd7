// The text 'public' where it can only be the name of a schema. Compared with a catalog's column it is current_schema(),
// which is the tenant's schema in every migration and every request, and follows a rename. Any other 'public' is a value.

import type { Reading } from "../text/reading.ts";
import type { Statement } from "../text/statement.ts";

/** Columns of the catalogs and of information_schema, and a trigger's variable, that hold the name of a schema. */
const COLUMNS = new Set([
  ...["nspname", "schemaname", "schema_name", "table_schema", "constraint_schema", "view_schema"],
  ...["routine_schema", "specific_schema", "sequence_schema", "trigger_schema", "domain_schema"],
  ...["event_object_schema", "udt_schema", "unique_constraint_schema", "collation_schema"],
  ...["object_schema", "foreign_table_schema", "user_defined_type_schema", "tg_table_schema"],
  "current_schema",
]);
const COMPARISONS = new Set(["=", "<>", "!="]);
const OBJECT_TYPE = /^reg(?:class|type|proc|procedure|oper|operator|config|dictionary|collation)$/;
const OBJECT_FUNCTION =
  /^(?:nextval|currval|setval|pg_get_serial_sequence|to_reg(?:class|type|proc|procedure|oper|operator|collation)|pg_(?:table_|total_)?relation_size|pg_table_size|pg_indexes_size|has_(?:table|sequence|any_column|column)_privilege|pg_get_(?:viewdef|indexdef|constraintdef|triggerdef))$/;

/** Rewrites the names of the schema that stand in texts. */
export function rewriteSchemaTexts(statement: Statement, reading: Reading): void {
  statement.tokens.forEach((token, index) => {
    if (token.kind !== "string") return;
    if (token.value === "public") rewriteSchema(statement, index, reading);
    else if (/^(?:public|"public")\./.test(token.value)) rewriteObject(statement, index, reading);
  });
}

function rewriteSchema(statement: Statement, index: number, reading: Reading): void {
  const token = statement.tokens[index];
  if (token === undefined) return;
  const isCast = statement.isSign(index + 1, "::") && statement.word(index + 2) === "regnamespace";
  const isCalled =
    statement.isSign(index - 1, "(") && statement.word(index - 2) === "to_regnamespace";
  if (isCast || isCalled || isCompared(statement, index)) {
    const text = isCast || isCalled ? "current_schema()::text" : "current_schema()";
    reading.edit(statement, token.start, token.end, text);
    const about =
      "'public' beside a catalog's column is read as current_schema(), the tenant's schema";
    reading.count("schema text", about, reading.line(statement, index));
  } else keep(statement, index, reading);
}

/** A text like 'public.users' is code where PostgreSQL reads it as the name of an object. */
function rewriteObject(statement: Statement, index: number, reading: Reading): void {
  const token = statement.tokens[index];
  const inside = token && statement.code.inside(token);
  if (inside === undefined) return;
  const cast = statement.isSign(index + 1, "::") ? statement.word(index + 2) : undefined;
  const call = statement.isSign(index - 1, "(") ? statement.word(index - 2) : undefined;
  const named = statement.word(index - 1) ?? "";
  const isCastCall = call === "cast" && statement.word(index + 1) === "as";
  const type = isCastCall ? statement.word(index + 2) : cast;
  if (!OBJECT_TYPE.test(type ?? named) && !OBJECT_FUNCTION.test(call ?? "")) {
    keep(statement, index, reading);
    return;
  }
  const dot = inside.text.indexOf(".");
  const isStored = statement.place === "stored";
  reading.edits.push({
    start: inside.place(0),
    end: inside.place(isStored ? dot + 1 : dot),
    text: isStored ? "" : undefined,
  });
  const about = "'public.' in the name of an object is read as the tenant's schema";
  reading.count("object text", about, reading.line(statement, index));
}

function keep(statement: Statement, index: number, reading: Reading): void {
  // In definitions and in rows it is a value beyond doubt.
  if (statement.place === "command" && !/^(?:select|with|delete)\b/.test(statement.shape)) return;
  const value = statement.tokens[index]?.value ?? "";
  if (!/^public$|^(?:public|"public")\.(?:\w+|"[^"]+")$/.test(value)) return;
  reading.note(statement, "value", `'${value}' is taken for a value and stays`, index);
}

/** Whether the text stands in a comparison with a column that holds the name of a schema. */
function isCompared(statement: Statement, index: number): boolean {
  const right = skipCast(statement, index + 1);
  if (isComparison(statement, right) && isColumnFrom(statement, right + 1)) return true;
  let at = index - 1;
  if (isComparison(statement, at)) return isColumnUpTo(statement, at - 1);
  // Back over the rest of a list: in ('a', 'public'), = any (array['a', 'public']).
  while (
    statement.tokens[at]?.kind === "string" ||
    statement.isSign(at, ",") ||
    isCastAt(statement, at)
  ) {
    at -= 1;
  }
  if (statement.isSign(at, "[") && statement.word(at - 1) === "array") {
    const isAny = statement.isSign(at - 2, "(") && statement.word(at - 3) === "any";
    return isAny && isComparison(statement, at - 4) && isColumnUpTo(statement, at - 5);
  }
  if (!statement.isSign(at, "(") || statement.word(at - 1) !== "in") return false;
  const before = statement.word(at - 2) === "not" ? at - 3 : at - 2;
  return isColumnUpTo(statement, before);
}

function isComparison(statement: Statement, index: number): boolean {
  const token = statement.tokens[index];
  if (token?.kind === "sign") return COMPARISONS.has(token.value);
  return token?.kind === "word" && (token.value === "like" || token.value === "from");
}

function isCastAt(statement: Statement, index: number): boolean {
  return statement.isSign(index, "::") || statement.isSign(index - 1, "::");
}

function skipCast(statement: Statement, index: number): number {
  return statement.isSign(index, "::") ? index + 2 : index;
}

/** Whether an operand that begins here is such a column, with its alias and brackets. */
function isColumnFrom(statement: Statement, index: number): boolean {
  let at = index;
  while (statement.isSign(at, "(")) at += 1;
  while (statement.isSign(at + 1, ".")) at += 2;
  return COLUMNS.has(statement.name(at) ?? "");
}

/** Whether an operand that ends here is such a column, with its brackets and cast. */
function isColumnUpTo(statement: Statement, index: number): boolean {
  let at = index;
  while (statement.isSign(at, ")") || statement.isSign(at, "(") || isCastAt(statement, at)) at -= 1;
  return COLUMNS.has(statement.name(at) ?? "");
}
