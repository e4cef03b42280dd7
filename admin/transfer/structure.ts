// What of a tenant's schema can be copied: the tables with their columns, and the sequences, read from
// PostgreSQL's catalog. A name is only ever put into a statement when it came from here.

import type { ClientBase } from "pg";
import { AdminError } from "../registry/admin-error.ts";

/** A table whose rows can be copied. */
export interface Table {
  readonly name: string;
  /** Those that are not generated, in the table's order. */
  readonly columns: readonly string[];
  /** Those that PostgreSQL stores and a function of the application's own gives: they are compared, not copied. */
  readonly computed: readonly string[];
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

interface ColumnRow {
  readonly name: string;
  readonly partitioned: boolean;
  readonly column: string | null;
  readonly generated: boolean | null;
  readonly computed: boolean;
  /** A partition of the table whose rows are on another server. */
  readonly foreign: string | null;
}

// What is PostgreSQL's own has no rows in pg_depend.
const COLUMNS = `
  select c.relname::text as name, c.relkind = 'p' as partitioned, a.attname::text as column,
      a.attgenerated <> '' as generated,
      a.attgenerated = 's' and exists (select from pg_attrdef as f join pg_depend as d
         on d.classid = 'pg_attrdef'::regclass and d.objid = f.oid
           and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass)
        where f.adrelid = c.oid and f.adnum = a.attnum) as computed,
      case when c.relkind = 'p' then (select p.relid::regclass::text from pg_partition_tree(c.oid) as p
        join pg_class as l on l.oid = p.relid where l.relkind = 'f' limit 1) end as foreign
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    left join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
   where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition
   order by c.relname::text collate "C", a.attnum`;

/**
 * The tables of a schema by name; of a partitioned one, the whole alone.
 * @throws {AdminError} when a partition is a foreign table
 */
export async function readTables(
  client: ClientBase,
  schemaName: string,
): Promise<readonly Table[]> {
  const { rows } = await client.query<ColumnRow>(COLUMNS, [schemaName]);
  const tables = new Map<string, Table & { columns: string[]; computed: string[] }>();
  for (const { name, partitioned, column, generated, computed, foreign } of rows) {
    if (foreign !== null) {
      throw new AdminError(
        `Cannot copy tenant: partition ${JSON.stringify(foreign)} of table ${JSON.stringify(name)} is a foreign ` +
          "table, whose rows are on another server; detach it first",
      );
    }
    const table = tables.get(name) ?? { name, partitioned, columns: [], computed: [] };
    if (column !== null && generated === false) table.columns.push(column);
    if (column !== null && computed) table.computed.push(column);
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
