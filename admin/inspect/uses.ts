// The privileges that a tenant needs to use its tables, beside those on them: functions that defaults, checks and
// views call run as the tenant; a view reads as its owner. Queries for lack.ts, over its table `tenant`.

import { isTakenFromPublic, TABLE_PRIVILEGES } from "../registry/roles/tenant-grants.ts";
import type { Inside } from "./inside.ts";

// CASE decides for which rows a privilege is asked: PostgreSQL may ask for all of them before it looks at their kind.

// A function that runs as its owner is closed on purpose, unless PUBLIC was denied all functions.
const functionsWith = (inside: Inside): string => `
  select t."schemaName", t."roleName", 'function' as kind,
      format('%s(%s)', p.proname, pg_catalog.oidvectortypes(p.proargtypes)) as object, 'execute' as missing,
      format('grant execute on routine %I.%I(%s) to %I', t."schemaName", p.proname,
        pg_catalog.oidvectortypes(p.proargtypes), t."roleName") as command
    from tenant as t
    ${inside("pg_proc", "p")}
   cross join (values ('f')) as kind (type)
   where t.role is not null and not pg_catalog.has_function_privilege(t.role, p.oid, 'EXECUTE')
     and (not p.prosecdef or ${isTakenFromPublic("p.proowner")})`;

const typesWith = (inside: Inside): string => `
  select t."schemaName", t."roleName", 'type' as kind, y.typname::text as object, 'usage' as missing,
      format('grant usage on type %I.%I to %I', t."schemaName", y.typname, t."roleName") as command
    from tenant as t
    ${inside("pg_type", "y")}
    left join pg_catalog.pg_class as c on c.oid = y.typrelid
   where t.role is not null and case when y.typtype in ('d', 'e', 'r') or c.relkind = 'c'
     then not pg_catalog.has_type_privilege(t.role, y.oid, 'USAGE') end`;

// Few relations are views, and a view has a rule: where PostgreSQL joins the tables as it likes, it reads all relations of the
// database in the order of their numbers.
const viewsWith = (inside: Inside): string => `
  select t."schemaName", t."roleName", 'view' as kind, v.relname::text as object,
      format('its owner "%s" has no %s on "%s"', o.rolname, string_agg(p.privilege, ', ' order by p.place),
        base.relname) as missing,
      format('grant %s on %I.%I to %I', string_agg(p.privilege, ', ' order by p.place), t."schemaName",
        base.relname, o.rolname) as command
    from tenant as t
    ${inside("pg_class", "v")} and v.relkind = 'v'
      and not coalesce(v.reloptions::text ~ 'security_invoker=(true|on|1)', false)
    join pg_catalog.pg_roles as o on o.oid = v.relowner
   cross join lateral (
      select * from pg_catalog.pg_rewrite where ev_class = v.oid offset 0
    ) as w
   cross join lateral (
      select distinct d.refobjid from pg_catalog.pg_depend as d
       where d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
         and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> v.oid
    ) as d
    join pg_catalog.pg_class as base on base.oid = d.refobjid and base.relnamespace = t.schema
      and base.relkind in ('r', 'p', 'v', 'm', 'f')
   cross join unnest(array[${TABLE_PRIVILEGES.map((privilege) => `'${privilege}'`).join(", ")}])
      with ordinality as p (privilege, place)
   where base.relowner <> v.relowner and not pg_catalog.has_table_privilege(v.relowner, base.oid, p.privilege)
   group by t."schemaName", t."roleName", v.relname, base.relname, o.rolname`;

/** Returns the queries; each returns rows of a Lack with its command. */
export const usesWith = (inside: Inside): readonly string[] => [
  functionsWith(inside),
  typesWith(inside),
  viewsWith(inside),
];
