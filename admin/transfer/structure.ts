// The copyable structure of a tenant's schema: the tables with their columns, and the sequences, from PostgreSQL's
// catalog. Statements contain only names that come from here.

import { relationsOf } from "../registry/relations-of.ts";
import type { ClientBase } from "pg";
import { AdminError } from "../registry/admin-error.ts";

/** A table whose rows can be copied. */
export interface Table {
  readonly name: string;
  /** The columns that are not generated, in the table's order. */
  readonly columns: readonly string[];
  /** The stored generated columns that call the application's own functions: they are compared, not copied. */
  readonly computed: readonly string[];
  /** Whether its rows are in partitions, and are copied through it. */
  readonly partitioned: boolean;
}

/** A sequence. */
export interface Sequence {
  readonly name: string;
  /** A whole number, as text: it may exceed the range of a double. */
  readonly value: string;
  /** Whether the sequence has already returned `value`. */
  readonly called: boolean;
}

interface ColumnRow {
  readonly name: string;
  readonly partitioned: boolean;
  readonly column: string | null;
  readonly generated: boolean | null;
  readonly computed: boolean;
  /** A partition of the table that is a foreign table, with its rows on another server. */
  readonly foreign: string | null;
}

// PostgreSQL's own objects do not have rows in pg_depend.
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
    left join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
   where c.oid in (${relationsOf("$1")})
     and c.relkind in ('r', 'p') and not c.relispartition
   order by c.relname::text collate "C", a.attnum`;

/**
 * Reads the tables of a schema, ordered by name; a partitioned table without its partitions.
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

/** Reads the names of the sequences of a schema, in their order. */
export async function readSequenceNames(
  client: ClientBase,
  schemaName: string,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname::text as name
       from pg_catalog.pg_class as c
      where c.oid in (${relationsOf("$1")}) and c.relkind = 'S'
      order by c.relname::text collate "C"`,
    [schemaName],
  );
  return rows.map(({ name }) => name);
}

/**
 * Reads the values of sequences. They are not part of a snapshot: they are at least as far as the rows of an earlier
 * snapshot.
 */
export async function readSequenceValues(
  client: ClientBase,
  schemaName: string,
  names: readonly string[],
): Promise<readonly Sequence[]> {
  const sequences: Sequence[] = [];
  for (const name of names) {
    const found = await client.query<{ value: string; called: boolean }>(
      `select last_value::text as value, is_called as called from ${qualified(schemaName, name)}`,
    );
    const [state] = found.rows;
    if (state) sequences.push({ name, ...state });
  }
  return sequences;
}

/** Qualifies a name with its schema, for a statement. */
export function qualified(schemaName: string, name: string): string {
  return `${quoted(schemaName)}.${quoted(name)}`;
}

/** Quotes any name from the catalog, for a statement. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
