// Finds the objects outside of schemas that depend on objects in them: views, foreign keys, children, defaults,
// triggers. They stay as they are; a drop of the tenant would be refused.

import { readRows, type Registry } from "../registry/registry.ts";

const AT_ONCE = 1000;

const DEPENDENTS = `
  with space as materialized (
    select oid, nspname from pg_catalog.pg_namespace where nspname = any($1::text[])
  ), inside as materialized (
    select s.oid as space, s.nspname, d.classid, d.objid from space as s
      join pg_catalog.pg_depend as d
        on d.refclassid = 'pg_catalog.pg_namespace'::regclass and d.refobjid = s.oid
     where d.classid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)
  )
  select i.nspname::text as "schemaName",
      array_agg(distinct object.type || ' ' || object.identity order by object.type || ' ' || object.identity) as names
    from inside as i
    join pg_catalog.pg_depend as d on d.refclassid = i.classid and d.refobjid = i.objid and d.deptype in ('n', 'a')
   cross join lateral (
      select case d.classid
        when 'pg_catalog.pg_class'::regclass then d.objid
        when 'pg_catalog.pg_rewrite'::regclass then
          (select ev_class from pg_catalog.pg_rewrite where oid = d.objid)
        when 'pg_catalog.pg_attrdef'::regclass then
          (select adrelid from pg_catalog.pg_attrdef where oid = d.objid)
        when 'pg_catalog.pg_trigger'::regclass then
          (select tgrelid from pg_catalog.pg_trigger where oid = d.objid)
        when 'pg_catalog.pg_constraint'::regclass then
          (select conrelid from pg_catalog.pg_constraint where oid = d.objid) end as relation
   ) as of
    join pg_catalog.pg_class as c on c.oid = of.relation
     and c.relnamespace not in (i.space, 'pg_toast'::regnamespace)
   cross join lateral pg_catalog.pg_identify_object('pg_catalog.pg_class'::regclass, c.oid, 0) as object
   group by i.nspname`;

/** Finds the tables and views outside that depend on each schema, by its name. */
export async function findDependents(
  registry: Registry,
  schemaNames: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (let start = 0; start < schemaNames.length; start += AT_ONCE) {
    const part = schemaNames.slice(start, start + AT_ONCE);
    const rows = await readRows<{ schemaName: string; names: readonly string[] }>(
      registry,
      DEPENDENTS,
      [part],
    );
    for (const { schemaName, names } of rows) found.set(schemaName, names);
  }
  return found;
}
