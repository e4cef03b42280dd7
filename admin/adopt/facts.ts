// The facts of schemas that decide whether they can be adopted: owners, extensions, roles. It reads catalogs alone, for
// many schemas in one query.

import { readRows, type Registry } from "../registry/registry.ts";

/** The facts of one schema. */
export interface SchemaFacts {
  readonly schemaName: string;
  /** The owner of the schema. */
  readonly owner: string;
  readonly tables: number;
  readonly sequences: number;
  /** Owners of the schema and of its objects whose privileges the admin role lacks. */
  readonly closed: readonly string[];
  /** Owners of objects, other than the schema's owner and admin roles. */
  readonly others: readonly string[];
  /** Extensions that are installed in the schema. */
  readonly extensions: readonly string[];
  /** Whether the role that the tenant would get exists. */
  readonly hasRole: boolean;
  /** Whether PUBLIC may use the schema. */
  readonly isPublic: boolean;
  /** How many of its tables and sequences PUBLIC has privileges on. */
  readonly publicObjects: number;
}

const AT_ONCE = 1000;

// Objects in a schema depend on it: pg_class does not have an index by schema. pg_shdepend has the owner of every object
// but those of the first superuser, whose oid is always 10.
// https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
const FACTS = `
  with space as materialized (
    select oid, nspname, nspowner, nspacl from pg_catalog.pg_namespace where nspname = any($1::text[])
  ), inside as materialized (
    select s.oid as space, d.classid, d.objid, coalesce(o.refobjid, 10) as owner
      from space as s
      join pg_catalog.pg_database as here on here.datname = current_database()
      join pg_catalog.pg_depend as d
        on d.refclassid = 'pg_catalog.pg_namespace'::regclass and d.refobjid = s.oid
      left join pg_catalog.pg_shdepend as o on o.dbid = here.oid and o.classid = d.classid
        and o.objid = d.objid and o.objsubid = 0 and o.deptype = 'o'
     where d.classid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass,
       'pg_operator'::regclass, 'pg_opclass'::regclass, 'pg_opfamily'::regclass, 'pg_collation'::regclass,
       'pg_conversion'::regclass, 'pg_ts_config'::regclass, 'pg_ts_dict'::regclass)
  ), owned as (
    select distinct space, owner from inside
  ), counted as (
    select i.space, count(*) filter (where c.relkind <> 'S')::int as tables,
        count(*) filter (where c.relkind = 'S')::int as sequences,
        count(*) filter (where exists (
          select from pg_catalog.aclexplode(c.relacl) as a where a.grantee = 0))::int as public
      from inside as i
      join pg_catalog.pg_class as c on i.classid = 'pg_class'::regclass and c.oid = i.objid
       and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
     group by i.space
  )
  select s.nspname::text as "schemaName", pg_catalog.pg_get_userbyid(s.nspowner)::text as owner,
      coalesce(n.tables, 0) as tables, coalesce(n.sequences, 0) as sequences,
      array(select distinct r.rolname::text
        from (select owner from owned where space = s.oid union select s.nspowner) as o
        join pg_catalog.pg_roles as r on r.oid = o.owner
       where not pg_catalog.pg_has_role(r.oid, 'USAGE') order by 1) as closed,
      array(select r.rolname::text from owned as o
        join pg_catalog.pg_roles as r on r.oid = o.owner
       where o.space = s.oid and o.owner <> s.nspowner
         and not pg_catalog.has_table_privilege(o.owner, 'rowhouse.tenant', 'UPDATE') order by 1) as others,
      array(select extname::text from pg_catalog.pg_extension where extnamespace = s.oid order by 1) as extensions,
      exists (select from pg_catalog.pg_roles where rolname = $2 || s.nspname) as "hasRole",
      exists (select from pg_catalog.aclexplode(s.nspacl) as a where a.grantee = 0) as "isPublic",
      coalesce(n.public, 0) as "publicObjects"
    from space as s left join counted as n on n.space = s.oid`;

/**
 * Reads the facts of schemas, by name; a missing schema has none.
 * @param rolePrefix the part of a tenant role's name before the schema's name
 */
export async function readFacts(
  registry: Registry,
  schemaNames: readonly string[],
  rolePrefix: string,
): Promise<ReadonlyMap<string, SchemaFacts>> {
  const facts = new Map<string, SchemaFacts>();
  for (let start = 0; start < schemaNames.length; start += AT_ONCE) {
    const part = schemaNames.slice(start, start + AT_ONCE);
    const rows = await readRows<SchemaFacts>(registry, FACTS, [part, rolePrefix]);
    for (const row of rows) facts.set(row.schemaName, row);
  }
  return facts;
}
