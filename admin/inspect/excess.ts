// Excess privileges: those of tenants' roles, and those of other roles on a tenant's tables. They are only reported:
// a person has to judge why they were granted.

import { readRows, type Registry } from "../registry/registry.ts";
import { SEQUENCE_PRIVILEGES, TABLE_PRIVILEGES } from "../registry/roles/tenant-grants.ts";
import { type Inside, insideFor, INSTALLATION } from "./inside.ts";
import { arrayOf } from "./lack.ts";

/** One privilege too many. */
export interface Excess {
  readonly schemaName: string;
  /** The privilege in a phrase, such as `PUBLIC has SELECT on table "data"`. */
  readonly problem: string;
}

/**
 * Finds excess privileges.
 * @param schemaNames undefined for every tenant
 * @returns the excess privileges, ordered by schema
 */
export async function findExcess(
  registry: Registry,
  schemaNames: readonly string[] | undefined,
): Promise<readonly Excess[]> {
  const found: Excess[] = [];
  for (const text of [POWERS, MEMBER, ELSEWHERE, within(insideFor(schemaNames))]) {
    const bind = [schemaNames ?? null];
    found.push(...(await readRows<Excess>(registry, `with ${TENANTS} ${text}`, bind)));
  }
  return found.toSorted((a, b) => (a.schemaName < b.schemaName ? -1 : 1));
}

// Without tenant roles, all tenants have the service role: `own` is null, and only PUBLIC is looked at.
const TENANTS = `
  tenant as (
    select t.schema_name as "schemaName", t.role_name as "roleName", n.oid as schema, n.nspacl as acl,
        case when i.tenant_roles then r.oid end as own, s.oid as service, n.nspowner as owner
      from rowhouse.tenant as t
     cross join ${INSTALLATION} as i
      left join pg_catalog.pg_namespace as n on n.nspname = t.schema_name
      left join pg_catalog.pg_roles as r on r.rolname = t.role_name
      left join pg_catalog.pg_roles as s on s.rolname = i.service_role
     where t.transition is null and ($1::text[] is null or t.schema_name = any($1::text[]))
  )`;

const POWERS = `
  select t."schemaName", 'role "' || t."roleName" || '" has ' || concat_ws(', ',
      case when r.rolsuper then 'SUPERUSER' end, case when r.rolcreaterole then 'CREATEROLE' end,
      case when r.rolcreatedb then 'CREATEDB' end, case when r.rolreplication then 'REPLICATION' end,
      case when r.rolbypassrls then 'BYPASSRLS' end) as problem
    from tenant as t join pg_catalog.pg_roles as r on r.oid = t.own
   where r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls`;

const MEMBER = `
  select t."schemaName", 'role "' || t."roleName" || '" is a member of "' || g.rolname || '"' as problem
    from tenant as t
    join pg_catalog.pg_auth_members as m on m.member = t.own
    join pg_catalog.pg_roles as g on g.oid = m.roleid`;

// pg_shdepend holds the objects that mention a role ('a') or that it owns ('o'), for the whole server.
// https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
// Each row is looked up by itself: joins would read the catalogs of all tenants for one.
const ELSEWHERE = `
  select t."schemaName", 'role "' || t."roleName" || '" ' ||
      case d.deptype when 'o' then 'owns ' else 'has privileges on ' end ||
      case when d.dbid in (0, current.oid)
        then coalesce(pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid), 'what is gone')
        else 'something in database "' || other.datname || '"' end as problem
    from tenant as t
    join pg_catalog.pg_database as current on current.datname = current_database()
    cross join lateral (
      select * from pg_catalog.pg_shdepend as d
       where d.refclassid = 'pg_catalog.pg_authid'::regclass and d.refobjid = t.own and d.deptype in ('a', 'o') offset 0
    ) as d
    left join pg_catalog.pg_database as other on other.oid = d.dbid
   where not (d.deptype = 'a' and d.dbid = current.oid and t.schema is not distinct from case d.classid
      when 'pg_catalog.pg_namespace'::regclass then d.objid
      when 'pg_catalog.pg_class'::regclass then
        (select relnamespace from pg_catalog.pg_class where oid = d.objid)
      when 'pg_catalog.pg_default_acl'::regclass then
        (select defaclnamespace from pg_catalog.pg_default_acl where oid = d.objid)
      when 'pg_catalog.pg_proc'::regclass then
        (select pronamespace from pg_catalog.pg_proc where oid = d.objid)
      when 'pg_catalog.pg_type'::regclass then
        (select typnamespace from pg_catalog.pg_type where oid = d.objid) end)`;

// Nearly all tables of a tenant have the same privileges: those that are alike are judged together.
const within = (inside: Inside): string =>
  `
  , alike as (
    select t.schema, c.relkind = 'S' as sequences, c.relacl,
        array_agg(case c.relkind when 'S' then 'sequence "' else 'table "' end || c.relname || '"') as objects
      from tenant as t
      ${inside("pg_class", "c")} and c.relacl is not null
     group by t.schema, c.relkind = 'S', c.relacl
  ), granted as (
    select t.*, array['the schema'] as objects, array['USAGE'] as expected, e.grantee, e.privilege_type
      from tenant as t cross join lateral pg_catalog.aclexplode(t.acl) as e
    union all
    select t.*, a.objects, case when a.sequences then $sequences$ else $tables$ end, e.grantee, e.privilege_type
      from alike as a
      join tenant as t on t.schema = a.schema
     cross join lateral pg_catalog.aclexplode(a.relacl) as e
  )
  select "schemaName", case grantee when 0 then 'PUBLIC'
      when own then 'role "' || "roleName" || '"' else 'the service role, alone,' end
      || ' has ' || string_agg(distinct privilege_type, ', ') || ' on ' || unnest(objects) as problem
    from granted
   where grantee <> owner and (grantee = 0
      or own is not null and grantee = service
      or grantee = own and privilege_type <> all (expected))
   group by "schemaName", "roleName", own, grantee, objects`
    .replace("$tables$", arrayOf(TABLE_PRIVILEGES).toUpperCase())
    .replace("$sequences$", arrayOf(SEQUENCE_PRIVILEGES).toUpperCase());
