// An object of a shared schema that a tenant's migration would make, change or fill: once for each tenant, and for all.

import type { Reading } from "../text/reading.ts";
import type { Statement } from "../text/statement.ts";

/** The words between the beginning of a statement and the object that it is about. */
const WORDS = new Set([
  ...["create", "or", "replace", "unlogged", "foreign", "materialized", "alter", "drop", "comment"],
  ...[
    "if",
    "not",
    "exists",
    "only",
    "on",
    "table",
    "view",
    "sequence",
    "type",
    "domain",
    "function",
  ],
  ...[
    "procedure",
    "routine",
    "aggregate",
    "index",
    "collation",
    "statistics",
    "truncate",
    "insert",
  ],
  ...["into", "update", "delete", "from", "merge", "refresh", "concurrently", "lock", "column"],
]);
/** In these statements the object stands behind ON. */
const ON =
  /^(?:create (?:unique )?index|create (?:or replace )?(?:constraint )?(?:trigger|rule)|(?:create|alter|drop) policy|drop (?:trigger|rule)|grant|revoke)\b/;

/** Refuses a statement that is about an object of a shared schema. Returns whether it is refused. */
export function refuseSharedObject(statement: Statement, reading: Reading): boolean {
  if (statement.place === "stored") return false;
  const index = findObject(statement);
  const schema = statement.name(index);
  const isQualifier = statement.isSign(index + 1, ".");
  if (schema === undefined || !isQualifier || !reading.scope.sharedSchemas.includes(schema)) {
    return false;
  }
  const object = `"${schema}.${statement.name(index + 2) ?? ""}"`;
  const remedy = `changes ${object}, which all tenants share; move it into the shared migrations`;
  reading.refuse(statement, remedy, index);
  return true;
}

/** The index of the first word that is none of {@link WORDS}, or of the one behind ON. */
function findObject(statement: Statement): number {
  const from = ON.test(statement.shape)
    ? statement.tokens.findIndex((_, index) => statement.word(index) === "on") + 1
    : 0;
  const index = statement.tokens.findIndex(
    (_, at) => at >= from && !WORDS.has(statement.word(at) ?? ""),
  );
  return from === 0 && index === 0 ? -1 : index;
}
