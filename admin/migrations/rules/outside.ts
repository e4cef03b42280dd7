// Names in other schemas. A migration that makes, changes or calls something there would do it once for each tenant. What
// is only read in a plain INSERT or SELECT is noted.

import type { Reading } from "../text/reading.ts";
import type { Statement } from "../text/statement.ts";

const KNOWN = new Set(["public", "pg_catalog", "information_schema", "pg_temp"]);
/** Behind these words stands the name of an object. */
const BEFORE = new Set([
  ...["table", "view", "sequence", "function", "procedure", "routine", "aggregate", "type"],
  ...["domain", "references", "exists", "only", "join", "concurrently", "truncate", "setof"],
  "index",
]);
/** In these statements a name behind ON is an object's, and not a column's. */
const ON =
  /^(?:create (?:unique )?index|create (?:or replace )?(?:constraint )?(?:trigger|rule)|create policy|alter policy|drop (?:trigger|policy|rule)|comment on|grant|revoke)\b/;
const LISTS = /^(?:drop|truncate|grant|revoke|lock)\b/;
const READS = /^(?:insert|select|with|values|table|explain|perform)\b/;

/** Refuses or notes the names of other schemas in a statement. */
export function refuseOutside(statement: Statement, reading: Reading): void {
  const parentheses: (string | undefined)[] = [];
  for (let index = 0; index < statement.tokens.length; index += 1) {
    if (statement.isSign(index, "(")) parentheses.push(statement.name(index - 1));
    if (statement.isSign(index, ")")) parentheses.pop();
    const schema = findQualifier(statement, index);
    if (schema === undefined || KNOWN.has(schema) || reading.scope.sharedSchemas.includes(schema))
      continue;
    if (!isSchema(statement, index, parentheses.at(-1), parentheses.length)) continue;
    const object = `"${schema}.${statement.name(index + 2) ?? ""}"`;
    const isRead = ["from", "join", ","].includes(statement.tokens[index - 1]?.value ?? "");
    if (statement.place !== "stored" && isRead && READS.test(statement.shape)) {
      reading.note(
        statement,
        "outside",
        `it reads ${object}, outside of the tenant's schema`,
        index,
      );
    } else {
      const remedy = `names ${object}, outside of the tenant's schema; take it out, or name "${schema}" as a shared schema`;
      reading.refuse(statement, remedy, index);
    }
  }
}

/** The first of two names with a dot between them. */
function findQualifier(statement: Statement, index: number): string | undefined {
  if (!statement.isSign(index + 1, ".") || statement.isSign(index - 1, ".")) return undefined;
  return statement.name(index + 2) === undefined ? undefined : statement.name(index);
}

/** Whether a qualifier can only be a schema: aliases, variables and columns stand in other places. */
function isSchema(
  statement: Statement,
  index: number,
  opener: string | undefined,
  depth: number,
): boolean {
  const before = statement.word(index - 1) ?? "";
  // "a.b%type" is a column of a table, and "a.b.c" a table with its schema.
  if (statement.isSign(index + 3, "%")) return false;
  if (statement.isSign(index + 3, "(") && !["into", "on"].includes(before)) return true;
  if (statement.isSign(index - 1, "::") || BEFORE.has(before)) return true;
  switch (before) {
    case "from":
      // extract(day from a.b) and a is distinct from b.c
      return isListOfTables(opener) && statement.word(index - 2) !== "distinct";
    case "into":
      return ["insert", "merge"].includes(statement.word(index - 2) ?? "");
    case "update":
      return index === 1 || statement.isSign(index - 2, "(");
    case "on":
      return ON.test(statement.shape);
    case "of":
      return statement.word(index - 2) === "partition";
    case "partition":
      return /^(?:attach|detach)$/.test(statement.word(index - 2) ?? "");
    case "like":
      return statement.isSign(index - 2, "(") || statement.isSign(index - 2, ",");
    case "returns":
      return true;
    default:
      return isInList(statement, index, depth);
  }
}

function isListOfTables(opener: string | undefined): boolean {
  return opener === undefined || !/^(?:extract|substring|trim|overlay|position)$/.test(opener);
}

/** A list of objects, or the type of a column in CREATE TABLE. */
function isInList(statement: Statement, index: number, depth: number): boolean {
  if (statement.isSign(index - 1, ",")) return depth === 0 && LISTS.test(statement.shape);
  if (statement.isSign(index - 1, "(")) return statement.word(index - 2) === "inherits";
  if (depth !== 1 || !/^create (?:\w+ )?table\b/.test(statement.shape)) return false;
  const isColumn = statement.name(index - 1) !== undefined;
  return isColumn && (statement.isSign(index - 2, "(") || statement.isSign(index - 2, ","));
}
