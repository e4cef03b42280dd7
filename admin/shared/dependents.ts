// What tenants' schemas need of shared schemas, from pg_depend. The text of a function's body is not in there.
// https://www.postgresql.org/docs/current/catalog-pg-depend.html

import { query } from "../registry/registry.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

// A part of an object, such as an index, a column's default or a table's row type, depends on the object, not on the
// schema.
const MEMBER = `
  member (classid, objid) as (
    select d.classid, d.objid from pg_catalog.pg_depend as d
     where d.refclassid = 'pg_catalog.pg_namespace'::regclass and d.deptype = 'n'
       and d.refobjid in (select oid from pg_catalog.pg_namespace where nspname = any($1::text[]))
    union
    select d.classid, d.objid from member as m
      join pg_catalog.pg_depend as d on d.refclassid = m.classid and d.refobjid = m.objid
       and d.deptype in ('a', 'i', 'P', 'S')
  )`;

const DEPENDENTS = `
  with recursive ${MEMBER}
  select distinct t.schema_name as "schemaName", o.type || ' ' || o.identity as object
    from member as m
    join pg_catalog.pg_depend as d on d.refclassid = m.classid and d.refobjid = m.objid and d.deptype in ('n', 'a')
   cross join lateral pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) as o
   cross join lateral pg_catalog.pg_identify_object_as_address(d.classid, d.objid, d.objsubid) as a
    join rowhouse.tenant as t on t.schema_name = coalesce(o.schema, a.object_names[1])
   order by 1, 2`;

/** An object of a tenant. */
export interface Dependent {
  readonly schemaName: string;
  /** Its type and name, such as `table column acme.users.email`. */
  readonly object: string;
}

/** Finds the objects of tenants that depend on objects of a shared schema. */
export function findDependents(
  transaction: Transaction,
  sharedSchema: string,
): Promise<readonly Dependent[]> {
  return query<Dependent>(transaction, DEPENDENTS, [[sharedSchema]]);
}

// The index beneath a foreign key is a part of its table.
const NEEDS = `
  with recursive ${MEMBER}
  select distinct o.type || ' ' || o.identity as name
    from member as m
    join pg_catalog.pg_depend as d on d.classid = m.classid and d.objid = m.objid and d.deptype in ('n', 'a')
   cross join lateral pg_catalog.pg_identify_object(d.refclassid, d.refobjid, 0) as o
   where o.schema = any($2::text[]) and o.type <> 'index'
   order by 1`;

/** Finds the objects of shared schemas that a tenant's objects depend on, such as `table ext.plan`. */
export async function findNeeds(
  transaction: Transaction,
  schemaName: string,
  sharedSchemas: readonly string[],
): Promise<readonly string[]> {
  const rows = await query<{ name: string }>(transaction, NEEDS, [[schemaName], sharedSchemas]);
  return rows.map(({ name }) => name);
}

const OBJECTS = `
  with recursive ${MEMBER}
  select distinct o.type || ' ' || o.identity as name
    from member as m cross join lateral pg_catalog.pg_identify_object(m.classid, m.objid, 0) as o`;

/** Reads the names of all objects of shared schemas, as {@link findNeeds} writes them. */
export async function readSharedObjects(
  transaction: Transaction,
  sharedSchemas: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await query<{ name: string }>(transaction, OBJECTS, [sharedSchemas]);
  return new Set(rows.map(({ name }) => name));
}
