// What a failed CREATE INDEX CONCURRENTLY leaves behind: an index that is kept up to date and never used.

import type { ClientBase } from "pg";
import { quoteName } from "../../../src/sql/quote-name.ts";
import { relationsOf } from "../../registry/relations-of.ts";

// An index of a partitioned table is invalid until each partition has its own: that is no failure. One that another
// session builds is in its progress, at first by its table alone; where this role may not see of which table, every
// index may be that one.
// https://www.postgresql.org/docs/current/progress-reporting.html#CREATE-INDEX-PROGRESS-REPORTING
const INVALID = `
  select x.relname::text as name
    from pg_catalog.pg_index as i
    join pg_catalog.pg_class as x on x.oid = i.indexrelid and x.relkind = 'i'
   where i.indrelid in (${relationsOf("$1")})
     and not i.indisvalid
     and not exists (select from pg_catalog.pg_stat_progress_create_index as p
       where p.datname = current_database() and coalesce(p.relid, i.indrelid) = i.indrelid
         and coalesce(nullif(p.index_relid, 0), x.oid) = x.oid)`;

/**
 * Drops the invalid indexes of a tenant that nobody builds.
 * @param client outside of a transaction
 */
export async function dropInvalidIndexes(client: ClientBase, schemaName: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(INVALID, [schemaName]);
  for (const { name } of rows) {
    await client.query(
      `drop index concurrently if exists ${quoteName(schemaName)}.${quoteName(name)}`,
    );
  }
}
