// Finds objects outside of a tenant's schema that depend on it. DROP … CASCADE would silently drop them.
// https://www.postgresql.org/docs/current/catalog-pg-depend.html

import { AdminError } from "../registry/admin-error.ts";
import { query } from "../registry/registry.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

const MOST_NAMES = 10;

/** An object outside of the schema, and the object of the tenant that it depends on. */
interface Outsider {
  readonly name: string;
  readonly inside: string;
}

// The walk starts at the schema and follows dependencies, as a drop would, through objects that belong to the schema:
// those that PostgreSQL made for an object inside ("internal", or of a partition), and those in the schema. It ends at
// objects elsewhere. A view depends through its rule, a default through its own entry: the error names their owner.
const OUTSIDERS = `
  with recursive walk (classid, objid, objsubid, refclassid, refobjid, inside) as (
    select 'pg_catalog.pg_namespace'::regclass::oid, n.oid, 0, 0::oid, 0::oid, true
      from pg_catalog.pg_namespace as n where n.nspname = $1
    union
    select d.classid, d.objid, d.objsubid, w.classid, w.objid,
        d.deptype in ('i', 'P', 'S') or coalesce(home.schema in (start.oid, 'pg_toast'::regnamespace), false)
      from walk as w
     cross join (select oid from pg_catalog.pg_namespace where nspname = $1) as start
     cross join lateral (
       select * from pg_catalog.pg_depend as d
        where d.refclassid = w.classid and d.refobjid = w.objid offset 0
     ) as d
     cross join lateral (
       select case d.classid
         when 'pg_catalog.pg_class'::regclass then
           (select relnamespace from pg_catalog.pg_class where oid = d.objid)
         when 'pg_catalog.pg_type'::regclass then
           (select typnamespace from pg_catalog.pg_type where oid = d.objid)
         when 'pg_catalog.pg_proc'::regclass then
           (select pronamespace from pg_catalog.pg_proc where oid = d.objid)
         when 'pg_catalog.pg_constraint'::regclass then
           (select connamespace from pg_catalog.pg_constraint where oid = d.objid)
         when 'pg_catalog.pg_attrdef'::regclass then
           (select c.relnamespace from pg_catalog.pg_attrdef as a
              join pg_catalog.pg_class as c on c.oid = a.adrelid where a.oid = d.objid)
         when 'pg_catalog.pg_rewrite'::regclass then
           (select c.relnamespace from pg_catalog.pg_rewrite as r
              join pg_catalog.pg_class as c on c.oid = r.ev_class where r.oid = d.objid)
         when 'pg_catalog.pg_trigger'::regclass then
           (select c.relnamespace from pg_catalog.pg_trigger as t
              join pg_catalog.pg_class as c on c.oid = t.tgrelid where t.oid = d.objid)
         when 'pg_catalog.pg_policy'::regclass then
           (select c.relnamespace from pg_catalog.pg_policy as p
              join pg_catalog.pg_class as c on c.oid = p.polrelid where p.oid = d.objid)
         when 'pg_catalog.pg_statistic_ext'::regclass then
           (select stxnamespace from pg_catalog.pg_statistic_ext where oid = d.objid)
         when 'pg_catalog.pg_operator'::regclass then
           (select oprnamespace from pg_catalog.pg_operator where oid = d.objid)
         when 'pg_catalog.pg_opclass'::regclass then
           (select opcnamespace from pg_catalog.pg_opclass where oid = d.objid)
         when 'pg_catalog.pg_opfamily'::regclass then
           (select opfnamespace from pg_catalog.pg_opfamily where oid = d.objid)
         when 'pg_catalog.pg_amop'::regclass then
           (select f.opfnamespace from pg_catalog.pg_amop as a
              join pg_catalog.pg_opfamily as f on f.oid = a.amopfamily where a.oid = d.objid)
         when 'pg_catalog.pg_amproc'::regclass then
           (select f.opfnamespace from pg_catalog.pg_amproc as a
              join pg_catalog.pg_opfamily as f on f.oid = a.amprocfamily where a.oid = d.objid)
         when 'pg_catalog.pg_collation'::regclass then
           (select collnamespace from pg_catalog.pg_collation where oid = d.objid)
         when 'pg_catalog.pg_conversion'::regclass then
           (select connamespace from pg_catalog.pg_conversion where oid = d.objid)
         when 'pg_catalog.pg_ts_config'::regclass then
           (select cfgnamespace from pg_catalog.pg_ts_config where oid = d.objid)
         when 'pg_catalog.pg_ts_dict'::regclass then
           (select dictnamespace from pg_catalog.pg_ts_dict where oid = d.objid)
         when 'pg_catalog.pg_ts_parser'::regclass then
           (select prsnamespace from pg_catalog.pg_ts_parser where oid = d.objid)
         when 'pg_catalog.pg_ts_template'::regclass then
           (select tmplnamespace from pg_catalog.pg_ts_template where oid = d.objid)
         when 'pg_catalog.pg_default_acl'::regclass then
           (select defaclnamespace from pg_catalog.pg_default_acl where oid = d.objid)
         when 'pg_catalog.pg_cast'::regclass then
           (select start.oid from pg_catalog.pg_cast as c
             where c.oid = d.objid and start.oid in (
               (select typnamespace from pg_catalog.pg_type where oid = c.castsource),
               (select typnamespace from pg_catalog.pg_type where oid = c.casttarget)))
         when 'pg_catalog.pg_transform'::regclass then
           (select y.typnamespace from pg_catalog.pg_transform as t
              join pg_catalog.pg_type as y on y.oid = t.trftype where t.oid = d.objid)
         end as schema
     ) as home
     where w.inside
  )
  select distinct coalesce(owner.type || ' ' || owner.identity, object.type || ' ' || object.identity) as name,
      inside.type || ' ' || inside.identity as inside
    from walk as w
    left join pg_catalog.pg_rewrite as r on w.classid = 'pg_catalog.pg_rewrite'::regclass and r.oid = w.objid
   cross join lateral pg_catalog.pg_identify_object(w.classid, w.objid, w.objsubid) as object
    left join lateral pg_catalog.pg_identify_object('pg_catalog.pg_class'::regclass, r.ev_class, 0) as owner
      on r.rulename = '_RETURN'
   cross join lateral pg_catalog.pg_identify_object(w.refclassid, w.refobjid, 0) as inside
   where not w.inside
   order by 1, 2`;

// DROP OWNED drops all objects that the tenant's role owns, and removes the role from policies. The role's large
// objects belong to the tenant, and its privileges end with it.
const OF_ROLE = `
  select distinct object.type || ' ' || object.identity as name, format('role %I', r.rolname) as inside
    from pg_catalog.pg_shdepend as d
    join pg_catalog.pg_roles as r on r.rolname = $2
    join pg_catalog.pg_database as here on here.datname = current_database() and here.oid = d.dbid
   cross join lateral pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) as object
   where d.refclassid = 'pg_catalog.pg_authid'::regclass and d.refobjid = r.oid and d.deptype in ('o', 'r')
     and d.classid not in ('pg_catalog.pg_largeobject'::regclass, 'pg_catalog.pg_default_acl'::regclass)
     and object.schema is distinct from $1
     and not (d.classid = 'pg_catalog.pg_namespace'::regclass and object.identity = quote_ident($1))
     and not (d.classid = 'pg_catalog.pg_policy'::regclass and exists (
       select from pg_catalog.pg_policy as p
         join pg_catalog.pg_class as c on c.oid = p.polrelid
         join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where p.oid = d.objid and n.nspname = $1))
   order by 1`;

/**
 * Checks that objects outside of the schema do not depend on it, and that its role does not own any of them.
 * @param roleName the tenant's own role; undefined when it does not have one
 * @throws {AdminError} that names these objects
 */
export async function requireNoOutsiders(
  transaction: Transaction,
  schemaName: string,
  roleName: string | undefined,
): Promise<void> {
  const found = await query<Outsider>(transaction, OUTSIDERS, [schemaName]);
  if (roleName !== undefined) {
    found.push(...(await query<Outsider>(transaction, OF_ROLE, [schemaName, roleName])));
  }
  const [first, ...others] = found;
  if (first === undefined) return;
  const { name, inside } = first;
  const more = others.slice(0, MOST_NAMES).map((other) => `, ${other.name} on ${other.inside}`);
  const rest = others.length > MOST_NAMES ? ` and ${others.length - MOST_NAMES} more` : "";
  throw new AdminError(
    `Cannot drop tenant: ${name} outside of schema "${schemaName}" depends on ${inside}${more.join("")}${rest}; ` +
      "drop or change the dependent objects first",
  );
}
