// The partitions of a schema. An application makes them while it runs (one a month), so a tenant's partitions differ
// from those of its migrations. A partition's other properties come from its parent.

import { relationsOf } from "../../registry/relations-of.ts";
import type { ClientBase } from "pg";
import { qualified } from "../structure.ts";
import { isPartitionBound, isPartitionKey } from "./partition-text.ts";

/** The definition of a partition. */
export interface Partition {
  readonly name: string;
  /** The partitioned table, in the same schema. */
  readonly parent: string;
  /** The bound as PostgreSQL writes it, such as `FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')`. */
  readonly bound: string;
  /** The key of a partition that has partitions itself, such as `LIST (kind)`; else empty. */
  readonly key: string;
}

/** The partitions of a schema, parents before their children. prepareCopy first fixes the form of bounds. */
export async function readPartitions(
  client: ClientBase,
  schemaName: string,
): Promise<readonly Partition[]> {
  const { rows } = await client.query<Partition>(
    `with recursive tree as (
       select c.oid, 0 as depth from pg_class as c
        where c.oid in (${relationsOf("$1")}) and c.relkind = 'p' and not c.relispartition
       union all
       select i.inhrelid, t.depth + 1 from tree as t join pg_inherits as i on i.inhparent = t.oid
     )
     select c.relname::text as name, p.relname::text as parent,
         pg_get_expr(c.relpartbound, c.oid) as bound,
         coalesce(pg_get_partkeydef(c.oid), '') as key
       from tree as t
       join pg_class as c on c.oid = t.oid
       join pg_namespace as n on n.oid = c.relnamespace
       join pg_inherits as i on i.inhrelid = c.oid
       join pg_class as p on p.oid = i.inhparent
      where t.depth > 0 and n.nspname = $1 and c.relkind in ('r', 'p')
      order by t.depth, c.relname::text collate "C"`,
    [schemaName],
  );
  return rows;
}

/**
 * Gives a schema with empty tables the partitions of another: creates the missing ones, and drops or detaches those
 * that the other lacks. Partitions without a parent, or with other text than literals and column names, are left out.
 * @param tables the other's tables that are not partitions
 */
export async function reconcilePartitions(
  client: ClientBase,
  schemaName: string,
  wanted: readonly Partition[],
  tables: ReadonlySet<string>,
): Promise<void> {
  const same = new Set(wanted.map(toText));
  const own = await readPartitions(client, schemaName);
  const place = (name: string): string => qualified(schemaName, name);
  for (const partition of own.toReversed()) {
    if (same.has(toText(partition))) continue;
    const { name, parent } = partition;
    // A foreign key to the parent keeps its partitions from being dropped.
    await client.query(`alter table ${place(parent)} detach partition ${place(name)}`);
    if (!tables.has(name)) await client.query(`drop table ${place(name)}`);
  }
  const have = new Set(own.map(toText));
  const parents = await readPartitioned(client, schemaName);
  for (const partition of wanted) {
    const { name, parent, bound, key } = partition;
    if (have.has(toText(partition)) || !isMakeable(partition) || !parents.has(parent)) continue;
    if (key !== "") parents.add(name);
    const within = key === "" ? "" : ` partition by ${key}`;
    await client.query(
      `create table ${place(name)} partition of ${place(parent)} ${bound}${within}`,
    );
  }
}

async function readPartitioned(client: ClientBase, schemaName: string): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname::text as name from pg_class as c
      where c.oid in (${relationsOf("$1")}) and c.relkind = 'p'`,
    [schemaName],
  );
  return new Set(rows.map(({ name }) => name));
}

/** Whether a partition from outside consists only of literals and column names. */
export function isMakeable({ bound, key }: Partition): boolean {
  return isPartitionBound(bound) && (key === "" || isPartitionKey(key));
}

function toText({ name, parent, bound, key }: Partition): string {
  return JSON.stringify([name, parent, bound, key]);
}
