// What stands in the way of rows that come table by table: rows that migrations put in, foreign keys, and
// triggers, which have done their work where the rows come from.

import type { ClientBase } from "pg";
import { qualified, quoted, type Table } from "./structure.ts";

// The letters of pg_trigger.tgenabled, beside D for one that is off.
const TRIGGER_STATES: Readonly<Record<string, string>> = {
  O: "enable trigger",
  A: "enable always trigger",
  R: "enable replica trigger",
};

/**
 * Empties the tables of a schema that the transaction has made, lets `load` fill them without foreign keys and
 * triggers, and puts both back as they were; a row that breaks a foreign key fails then.
 */
export async function withBareTables(
  client: ClientBase,
  schemaName: string,
  tables: readonly Table[],
  load: () => Promise<void>,
): Promise<void> {
  const restore: string[] = [];
  for (const { table, name, definition } of await readForeignKeys(client, schemaName)) {
    const alter = `alter table ${qualified(schemaName, table)}`;
    await client.query(`${alter} drop constraint ${quoted(name)}`);
    restore.push(`${alter} add constraint ${quoted(name)} ${definition}`);
  }
  for (const { table, name, state } of await readTriggers(client, schemaName)) {
    const alter = `alter table ${qualified(schemaName, table)}`;
    await client.query(`${alter} disable trigger ${quoted(name)}`);
    restore.push(`${alter} ${TRIGGER_STATES[state]} ${quoted(name)}`);
  }
  for (const { name, partitioned } of tables) {
    await client.query(`truncate ${partitioned ? "" : "only "}${qualified(schemaName, name)}`);
  }
  await load();
  // A table whose deferred constraints are still to be checked cannot be altered.
  await client.query("set constraints all immediate");
  for (const command of restore) await client.query(command);
}

async function readForeignKeys(
  client: ClientBase,
  schemaName: string,
): Promise<readonly { table: string; name: string; definition: string }[]> {
  const { rows } = await client.query<{ table: string; name: string; definition: string }>(
    `select c.relname::text as table, f.conname::text as name,
       pg_catalog.pg_get_constraintdef(f.oid) as definition
     from pg_catalog.pg_constraint as f
     join pg_catalog.pg_class as c on c.oid = f.conrelid
     join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
     where n.nspname = $1 and f.contype = 'f' and f.conparentid = 0
     order by f.oid`,
    [schemaName],
  );
  return rows;
}

async function readTriggers(
  client: ClientBase,
  schemaName: string,
): Promise<readonly { table: string; name: string; state: string }[]> {
  const { rows } = await client.query<{ table: string; name: string; state: string }>(
    `select c.relname::text as table, t.tgname::text as name, t.tgenabled::text as state
     from pg_catalog.pg_trigger as t
     join pg_catalog.pg_class as c on c.oid = t.tgrelid
     join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
     where n.nspname = $1 and not t.tgisinternal and t.tgenabled <> 'D'
       and not c.relispartition
     order by t.oid`,
    [schemaName],
  );
  return rows;
}

/** Fills the materialized views of a schema from its tables, those first that others may be made of. */
export async function refreshViews(client: ClientBase, schemaName: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname::text as name from pg_catalog.pg_class as c
     join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind = 'm' and c.relispopulated order by c.oid`,
    [schemaName],
  );
  for (const { name } of rows) {
    await client.query(`refresh materialized view ${qualified(schemaName, name)}`);
  }
}
