// The privileges in shared schemas: everybody may read, execute and use types there, and no tenant may write or create.
// PUBLIC has them, not each tenant's role: a role costs nothing then, whether it inherits or not.

import { CLOSED_FUNCTIONS } from "../registry/roles/closed-functions.ts";
import { query } from "../registry/registry.ts";
import { isTakenFromPublic } from "../registry/roles/tenant-grants.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

// Extensions grant PUBLIC what they want; functions and types have PUBLIC's privileges by default, so that they need a
// grant only where that default was revoked.
const LACKING = `
  with shared as (select oid, nspname from pg_catalog.pg_namespace where nspname = any($1::text[])),
    me as (select oid from pg_catalog.pg_roles where rolname = current_user)
  select 'schema' as kind, format('%I', nspname) as name, null::oid as owner,
      format('grant usage on schema %I to public', nspname) as command
    from shared where not has_schema_privilege('public', oid, 'USAGE')
  union all
  select 'default', '', null, format('alter default privileges in schema %I grant %s on %s to public',
      nspname, kind.privileges, kind.object)
    from shared, me, (values ('r', 'tables', 'select', false), ('f', 'functions', 'execute', true),
      ('T', 'types', 'usage', true)) as kind (type, object, privileges, public)
   where (not kind.public or ${isTakenFromPublic("me.oid")})
     and not exists (select from pg_catalog.pg_default_acl as d
       cross join pg_catalog.aclexplode(d.defaclacl) as a
       where d.defaclrole = me.oid and d.defaclnamespace = shared.oid and d.defaclobjtype = kind.type::"char"
         and a.grantee = 0)
  union all
  select 'table', format('%I.%I', nspname, c.relname), c.relowner,
      format('grant select on %I.%I to public', nspname, c.relname)
    from shared join pg_catalog.pg_class as c on c.relnamespace = shared.oid
   where c.relkind in ('r', 'p', 'v', 'm', 'f') and not has_table_privilege('public', c.oid, 'SELECT')
  union all
  select 'function', p.oid::regprocedure::text, p.proowner,
      format('grant execute on routine %s to public', p.oid::regprocedure)
    from shared join pg_catalog.pg_proc as p on p.pronamespace = shared.oid
   cross join (values ('f')) as kind (type)
   where not has_function_privilege('public', p.oid, 'EXECUTE') and ${isTakenFromPublic("p.proowner")}
     and p.oid not in (${CLOSED_FUNCTIONS})
  union all
  select 'type', y.oid::regtype::text, y.typowner, format('grant usage on type %s to public', y.oid::regtype)
    from shared join pg_catalog.pg_type as y on y.typnamespace = shared.oid
    left join pg_catalog.pg_class as c on c.oid = y.typrelid
   where (y.typtype in ('d', 'e', 'r') or c.relkind = 'c') and not has_type_privilege('public', y.oid, 'USAGE')
   order by kind, name`;

/** A privilege that tenants lack in a shared schema. */
export interface SharedLack {
  readonly kind: "schema" | "default" | "table" | "function" | "type";
  /** The object's name with its schema, quoted where needed; empty for default privileges. */
  readonly name: string;
  /** Grants it. */
  readonly command: string;
  /** Whether the current role may grant it. */
  readonly mine: boolean;
}

/** Finds what tenants cannot yet read, execute or use in these schemas. */
export function findSharedLacks(
  transaction: Transaction,
  sharedSchemas: readonly string[],
): Promise<readonly SharedLack[]> {
  const text = `select kind, name, command, case kind when 'default' then true
      when 'schema' then (select pg_has_role(nspowner, 'USAGE') from pg_catalog.pg_namespace
        where quote_ident(nspname) = name)
      else pg_has_role(owner, 'USAGE') end as mine
    from (${LACKING}) as lacking`;
  return query<SharedLack>(transaction, text, [sharedSchemas]);
}

// Sequences: a tenant that may use one changes it for all.
const EXCESS = `
  with shared as (select * from pg_catalog.pg_namespace where nspname = any($1::text[])),
    tenant as (
      select r.oid, r.rolname from rowhouse.installation as i
        join pg_catalog.pg_roles as r on r.rolname = i.service_role
      union select r.oid, r.rolname from rowhouse.tenant as t
        join pg_catalog.pg_roles as r on r.rolname = t.role_name
      union select 0::oid, 'public'::name
    ), granted as (
      select 'schema' as kind, nspname as place, null::name as object, nspowner as owner, nspacl as acl,
          null::name as attribute,
          'CREATE' as harm from shared
      union all
      select case c.relkind when 'S' then 'sequence' else 'table' end, nspname, c.relname, c.relowner, c.relacl, null,
          case c.relkind when 'S' then 'USAGE UPDATE' else 'INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER MAINTAIN' end
        from shared join pg_catalog.pg_class as c on c.relnamespace = shared.oid
         and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      union all
      select 'table', nspname, c.relname, c.relowner, a.attacl, a.attname, 'INSERT UPDATE REFERENCES'
        from shared join pg_catalog.pg_class as c on c.relnamespace = shared.oid
        join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attacl is not null
    )
  select format('%s has %s on %s %s', case tenant.oid when 0 then 'PUBLIC' else format('role %I', rolname) end,
      string_agg(privilege_type, ', ' order by privilege_type), kind,
      concat_ws('.', quote_ident(place), quote_ident(object), quote_ident(attribute))) as problem,
    format('revoke %s on %s %s from %s', string_agg(
        privilege_type || coalesce(' (' || quote_ident(attribute) || ')', ''), ', '), kind,
      concat_ws('.', quote_ident(place), quote_ident(object)),
      case tenant.oid when 0 then 'public' else quote_ident(rolname) end) as command, owner
    from granted cross join lateral pg_catalog.aclexplode(acl) as a
    join tenant on tenant.oid = a.grantee
   where a.privilege_type = any(string_to_array(harm, ' '))
   group by kind, place, object, attribute, owner, tenant.oid, rolname
  union all
  select format('role %I owns schema %I', rolname, nspname), '', nspowner from shared join tenant on tenant.oid = nspowner
  union all
  select format('role %I owns %I.%I', rolname, place, object), '', owner from granted join tenant on tenant.oid = owner
   where object is not null and attribute is null`;

/** A privilege in a shared schema with which a tenant could change what other tenants see. */
export interface SharedExcess {
  /** The privilege in a phrase, such as `PUBLIC has CREATE on schema ext`. */
  readonly problem: string;
  /** Revokes it; empty for what a role owns. */
  readonly command: string;
  /** Whether the current role may revoke it. */
  readonly mine: boolean;
}

/** Finds what tenants, their service or PUBLIC may do in these schemas beyond reading and executing. */
export function findSharedExcess(
  transaction: Transaction,
  sharedSchemas: readonly string[],
): Promise<readonly SharedExcess[]> {
  const text = `select problem, command, command <> '' and pg_has_role(owner, 'USAGE') as mine
    from (${EXCESS}) as excess order by problem`;
  return query<SharedExcess>(transaction, text, [sharedSchemas]);
}
