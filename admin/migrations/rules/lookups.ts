// A look-up in the catalogs without a schema finds another tenant's object: the second tenant then lacks what the first
// one has. It cannot be mended here, because it may mean anything; the runner compares each tenant with the reference.

import type { Reading } from "../text/reading.ts";
import type { Statement } from "../text/statement.ts";

const LOOKUP =
  /\b(?:from|join) (?:(?:"?pg_catalog"? \. )?"?(pg_(?:type|class|constraint|attribute|index|indexes|tables|views|matviews|proc|trigger|enum|policy|policies|sequences|rules|rewrite|inherits|stat_user_tables))"?|"?information_schema"? \. "?(?!schemata\b)(\w+)"?)/;
const SCOPED =
  /namespace|nspname|schemaname|\w_schema\b|\bcurrent_schemas? \(|:: reg|\bto_reg|_is_visible\b|\bsearch_path\b/;

/** Notes a look-up that does not say in which schema. */
export function noteLookups(statement: Statement, reading: Reading): void {
  const found = LOOKUP.exec(statement.shape);
  if (found === null || SCOPED.test(statement.shape.replace(/\binformation_schema\b/g, ""))) return;
  const [, catalog, view] = found;
  const name = catalog ?? `information_schema.${view}`;
  const text =
    `it looks into ${name} without naming a schema, and may find another tenant's object; ` +
    "add a condition on the schema = current_schema()";
  reading.note(statement, "look-up", text, statement.indexAt(found.index));
}
