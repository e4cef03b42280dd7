// The facts of a schema that are compared with its migrations' result, and never copied: owners, privileges, the order
// of columns, the storage of tables, large objects. Grants from an archive would run as the admin role.

import { INSIDE, joinOwn } from "../../registry/relations-of.ts";
import type { ClientBase } from "pg";

/** A property of an object of the schema. */
export interface Fact {
  /** The kind, which completes "… of", such as "owner". */
  readonly kind: string;
  /** The object as a text, without the schema's name. */
  readonly name: string;
  readonly value: string;
}

const ACL = (acl: string): string => `(
  select string_agg(format('%s %s%s', case when x.grantee = 0 then 'PUBLIC' when g.rolname = $2 then '@' else g.rolname end,
      lower(x.privilege_type), case when x.is_grantable then ' with grant option' end), ', '
      order by case when g.rolname = $2 then '@' else g.rolname end collate "C" nulls first, x.privilege_type)
    from aclexplode(${acl}) as x left join pg_roles as g on g.oid = x.grantee)`;

const OWNER = (oid: string): string =>
  `(select case when rolname = $2 then '@' else rolname end from pg_roles where oid = ${oid})`;

const FACTS = `
  with space as (select * from pg_namespace where nspname = $1), ${INSIDE}, relation as (
    select c.* from inside as o join pg_class as c on c.oid = o.oid join space as s on s.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  ), routine as (
    select p.*, p.proname || '(' || replace(pg_get_function_identity_arguments(p.oid), s.nspname || '.', '') || ')' as name
      from space as s ${joinOwn("pg_proc", "p")}
  ), type as (
    select t.* from space as s ${joinOwn("pg_type", "t")} and t.typtype in ('d', 'e', 'r')
  ), fact (kind, name, value) as (
    select 'owner', relname::text, ${OWNER("relowner")}::text from relation
    union all select 'owner', name, ${OWNER("proowner")} from routine
    union all select 'owner', typname, ${OWNER("typowner")} from type
    union all select 'privileges', relname,
        ${ACL(`coalesce(relacl, acldefault(case relkind when 'S' then 's'::"char" else 'r' end, relowner))`)} from relation
    union all select 'column privileges', r.relname || '.' || a.attname, ${ACL("a.attacl")}
      from relation as r join pg_attribute as a on a.attrelid = r.oid and a.attacl is not null
    union all select 'privileges', name, ${ACL("coalesce(proacl, acldefault('f', proowner))")} from routine
    union all select 'privileges', typname, ${ACL("coalesce(typacl, acldefault('T', typowner))")} from type
    union all select 'privileges', 'the schema', ${ACL("coalesce(nspacl, acldefault('n', nspowner))")} from space
    union all select 'default privileges', ${OWNER("a.defaclrole")} || ' ' || a.defaclobjtype::text, ${ACL("a.defaclacl")}
      from space as s join pg_default_acl as a on a.defaclnamespace = s.oid
    union all select 'column that owns sequence', r.relname, o.relname || '.' || a.attname
      from relation as r
      join pg_depend as d on d.classid = 'pg_class'::regclass and d.objid = r.oid and d.deptype in ('a', 'i')
        and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
      join pg_class as o on o.oid = d.refobjid
      join pg_attribute as a on a.attrelid = o.oid and a.attnum = d.refobjsubid
     where r.relkind = 'S'
    union all select 'order of columns', r.relname, (select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
        from pg_attribute as a where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped)
      from relation as r where r.relkind in ('r', 'p', 'f')
    union all select 'tablespace', r.relname, t.spcname from relation as r join pg_tablespace as t on t.oid = r.reltablespace
    union all select 'access method', r.relname, m.amname from relation as r join pg_am as m on m.oid = r.relam
    union all select 'large objects', 'the tenant''s role', count(*)::text
      from pg_largeobject_metadata as l join pg_roles as g on g.oid = l.lomowner
     where g.rolname = $2 and $2 like 'rh\\_%' having count(*) > 0
  )
  select kind, name, coalesce(value, 'none') as value from fact order by kind, name collate "C"`;

/**
 * Reads the facts of a schema.
 * @param roleName the tenant's role, which becomes "@"
 */
export async function readFacts(
  client: ClientBase,
  schemaName: string,
  roleName: string,
): Promise<readonly Fact[]> {
  const { rows } = await client.query<Fact>(FACTS, [schemaName, roleName]);
  return rows;
}
