// Removes the rows that migrations have inserted, without firing triggers or constraints of the schema.

import { IS_CITUS } from "../../citus/sql.ts";
import { relationsOf } from "../../registry/relations-of.ts";
import type { ClientBase } from "pg";
import { qualified, readTables } from "../structure.ts";

// For a TRUNCATE, PostgreSQL reads all constraints of the database. A partitioned table and one of Citus have their rows
// elsewhere.
const MAY_HAVE_ROWS = `
  select from pg_class as c
   where c.oid in (${relationsOf("$1")})
     and (c.relkind = 'p' or c.relkind = 'r' and (pg_relation_size(c.oid) > 0 or ${IS_CITUS}))
   limit 1`;

/** Empties the tables of a schema that the transaction has made. */
export async function emptyTables(client: ClientBase, schemaName: string): Promise<void> {
  // PostgreSQL cannot alter a table with pending deferred constraints.
  await client.query("set constraints all immediate");
  if ((await client.query(MAY_HAVE_ROWS, [schemaName])).rowCount === 0) return;
  const triggers = await readTruncateTriggers(client, schemaName);
  for (const { off } of triggers) await client.query(off);
  const tables = await readTables(client, schemaName);
  const places = tables.map(
    ({ name, partitioned }) => `${partitioned ? "" : "only "}${qualified(schemaName, name)}`,
  );
  // One statement, because tables that reference each other must be emptied together.
  if (places.length > 0) await client.query(`truncate ${places.join(", ")}`);
  for (const { on } of triggers) await client.query(on);
}

async function readTruncateTriggers(
  client: ClientBase,
  schemaName: string,
): Promise<readonly { off: string; on: string }[]> {
  const { rows } = await client.query<{ off: string; on: string }>(
    `select format('alter table only %I.%I disable trigger %I', n.nspname, c.relname, t.tgname) as off,
         format('alter table only %I.%I enable %s trigger %I', n.nspname, c.relname,
           case t.tgenabled when 'A' then 'always' when 'R' then 'replica' else '' end, t.tgname) as on
       from pg_trigger as t
       join pg_class as c on c.oid = t.tgrelid
       join pg_namespace as n on n.oid = c.relnamespace
      where t.tgrelid in (${relationsOf("$1")}) and not t.tgisinternal and t.tgenabled <> 'D' and c.relkind in ('r', 'p')
        and t.tgtype & 32 <> 0`,
    [schemaName],
  );
  return rows;
}
