// What of a tenant's schema can be copied: the tables with their columns, and the sequences, read from
// PostgreSQL's catalog. A name is only ever put into a statement when it came from here.

import type { ClientBase } from "pg";

/** A table whose rows can be copied. */
export interface Table {
  readonly name: string;
  /** Those that are not generated, in the table's order. */
  readonly columns: readonly string[];
  /** Its rows are in its partitions, and are copied through it. */
  readonly partitioned: boolean;
}

/** A sequence. */
export interface Sequence {
  readonly name: string;
  /** A whole number, as text: it may be greater than a double holds. */
  readonly value: string;
  /** Whether `value` was given out already. */
  readonly called: boolean;
}

/** The tables of a schema by name; of a partitioned one, the whole alone. */
export async function readTables(
  client: ClientBase,
  schemaName: string,
): Promise<readonly Table[]> {
  const { rows } = await client.query<{
    name: string;
    partitioned: boolean;
    column: string | null;
  }>(
    `select c.relname::text as name, c.relkind = 'p' as partitioned, a.attname::text as column
       from pg_catalog.pg_class as c
       join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
       left join pg_catalog.pg_attribute as a on a.attrelid = c.oid
         and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition
      order by c.relname::text collate "C", a.attnum`,
    [schemaName],
  );
  const tables = new Map<string, { name: string; partitioned: boolean; columns: string[] }>();
  for (const { name, partitioned, column } of rows) {
    const table = tables.get(name) ?? { name, partitioned, columns: [] };
    if (column !== null) table.columns.push(column);
    tables.set(name, table);
  }
  return [...tables.values()];
}

/**
 * The sequences of a schema by name, with their values. These are no part of a snapshot: they are at
 * least as far as the rows that a snapshot taken before shows.
 */
export async function readSequences(
  client: ClientBase,
  schemaName: string,
): Promise<readonly Sequence[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname::text as name
       from pg_catalog.pg_class as c
       join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relkind = 'S'
      order by c.relname::text collate "C"`,
    [schemaName],
  );
  const sequences: Sequence[] = [];
  for (const { name } of rows) {
    const found = await client.query<{ value: string; called: boolean }>(
      `select last_value::text as value, is_called as called from ${qualified(schemaName, name)}`,
    );
    const [state] = found.rows;
    if (state) sequences.push({ name, ...state });
  }
  return sequences;
}

/** A name of a schema, for a statement. */
export function qualified(schemaName: string, name: string): string {
  return `${quoted(schemaName)}.${quoted(name)}`;
}

/** A name that is the catalog's own, whatever it is, for a statement. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
