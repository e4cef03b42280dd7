// Drops the objects of a tenant's schema, a few at a time: each dropped object holds a lock until its transaction
// ends, and the server's lock table is limited. https://www.postgresql.org/docs/current/runtime-config-locks.html

import { query, type Registry } from "../registry/registry.ts";
import { relationsOf } from "../registry/relations-of.ts";
import { claimRole } from "../registry/roles/claim-role.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** The schema and role to drop from; `roleName` is undefined when the tenant does not have its own role. */
export interface DropPlace {
  readonly schemaName: string;
  readonly roleName: string | undefined;
}

interface Item {
  readonly kind: "table" | "foreign table" | "view" | "materialized view" | "sequence";
  readonly name: string;
}

// Objects on which others of the schema do not depend (foreign keys, partitions, views) come first, so that CASCADE
// drops little. Sequences that a table owns are dropped with it.
const ITEMS = `
  select case c.relkind when 'v' then 'view' when 'm' then 'materialized view'
           when 'S' then 'sequence' when 'f' then 'foreign table' else 'table' end as kind,
      c.relname as name
    from pg_catalog.pg_class as c
   where c.oid in (${relationsOf("$1")})
     and c.relkind in ('r', 'p', 'f', 'v', 'm', 'S')
     and not (c.relkind = 'S' and exists (
       select from pg_catalog.pg_depend as d
        where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid
          and d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i')))
   order by (select count(*) from pg_catalog.pg_depend as d
              where d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = c.oid
                and d.deptype in ('n', 'a', 'P', 'S')
                and d.classid in ('pg_catalog.pg_rewrite'::regclass,
                  'pg_catalog.pg_constraint'::regclass, 'pg_catalog.pg_class'::regclass)
                and not exists (select from pg_catalog.pg_constraint as k
                  where d.classid = 'pg_catalog.pg_constraint'::regclass and k.oid = d.objid
                    and k.conrelid = c.oid)),
     c.oid desc
   limit $2`;

/**
 * Drops up to `most` objects within a transaction.
 * @returns how many it dropped
 */
export async function dropItems(
  transaction: Transaction,
  { schemaName }: DropPlace,
  most: number,
): Promise<number> {
  const items = await query<Item>(transaction, ITEMS, [schemaName, most]);
  const kind = items[0]?.kind;
  if (kind === undefined) return 0;
  const names = items
    .filter((item) => item.kind === kind)
    .map(({ name }) => `"${schemaName}".${pgIdentifier(name)}`);
  await query(transaction, `drop ${kind} if exists ${names.join(", ")} cascade`);
  return names.length;
}

/**
 * Removes up to `most` large objects of the tenant's role within a transaction.
 * @returns how many it removed
 */
export async function dropLargeObjects(
  transaction: Transaction,
  { roleName }: DropPlace,
  most: number,
): Promise<number> {
  if (roleName === undefined) return 0;
  const role = await claimRole(transaction, roleName);
  if (typeof role !== "string") return 0;
  const rows = await query<{ done: number }>(
    transaction,
    `select lo_unlink(oid) as done from (
       select m.oid from pg_catalog.pg_largeobject_metadata as m
         join pg_catalog.pg_roles as r on r.oid = m.lomowner
        where r.rolname = $1 limit $2) as owned`,
    [roleName, most],
  );
  return rows.length;
}

/** Counts the objects of a schema, for the progress bar. */
export async function countItems(
  { withTransaction }: Registry,
  schemaName: string,
): Promise<number> {
  return withTransaction(async (transaction) => {
    const rows = await query<Item>(transaction, ITEMS, [schemaName, 2 ** 31 - 1]);
    return rows.length;
  });
}

/** Quotes any name, also one that tenants' statements may not use. */
function pgIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
