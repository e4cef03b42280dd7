// Objects and privileges that tenants lack: the schema, the role, and the role's privileges. One query for each kind,
// for one tenant or for all. Tenants in a transition are left to the verb that continues it.

import { query, readRows, type Registry } from "../registry/registry.ts";
import {
  DEFAULT_KINDS,
  isTakenFromPublic,
  SEQUENCE_PRIVILEGES,
  TABLE_PRIVILEGES,
} from "../registry/roles/tenant-grants.ts";
import { type Inside, insideFor, INSTALLATION } from "./inside.ts";
import { usesWith } from "./uses.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** The value of `missing` for a missing membership. */
export const MAY_NOT_BECOME = "may not become";

/** An object or a privilege that a tenant lacks. */
export interface Lack {
  readonly schemaName: string;
  readonly roleName: string;
  /**
   * `membership`: the service role cannot SET ROLE to it, or inherits its privileges without SET ROLE;
   * `defaults`: the default privileges for objects created later; `view`: the owner of a view may not read its tables.
   */
  readonly kind:
    | "schema"
    | "role"
    | "membership"
    | "usage"
    | "defaults"
    | "table"
    | "sequence"
    | "function"
    | "type"
    | "view";
  /** The table, sequence, function, type or view; for `defaults` a kind such as "tables"; else empty. */
  readonly object: string;
  /** The missing privileges, such as "select, insert"; for a membership, the problem; else empty. */
  readonly missing: string;
  /** The command that mends it, where `kind` alone does not determine it. */
  readonly command?: string;
}

/**
 * Finds missing objects and privileges.
 * @param schemaNames undefined for every tenant
 * @param transaction the transaction of the queries, which see its changes; without it each query runs alone
 * @returns the lacks, ordered by schema
 */
export async function findLacks(
  registry: Registry,
  schemaNames: readonly string[] | undefined,
  transaction?: Transaction,
): Promise<readonly Lack[]> {
  const read = <R extends object>(text: string, bind: readonly unknown[] = []): Promise<R[]> =>
    transaction ? query<R>(transaction, text, bind) : readRows<R>(registry, text, bind);
  const found: Lack[] = [];
  const [installation] = await read<{ server: number; roles: boolean }>(
    `select current_setting('server_version_num')::int as server, tenant_roles as roles
       from rowhouse.installation`,
  );
  const { server = 0, roles = true } = installation ?? {};
  const inside = insideFor(schemaNames);
  const memberships = server >= 160_000 ? MEMBERSHIPS : MEMBERSHIPS_BEFORE_16;
  for (const text of [
    MISSING,
    ...(roles ? [memberships] : []),
    GRANTS,
    DEFAULTS,
    relationsWith(inside),
    ...usesWith(inside),
  ]) {
    found.push(...(await read<Lack>(`with ${TENANTS} ${text}`, [schemaNames ?? null])));
  }
  return found.toSorted((a, b) => (a.schemaName < b.schemaName ? -1 : 1));
}

/** Describes a lack, such as `role "rh_5_acme" has no select, insert on table "data"`. */
export function describeLack({ kind, object, missing, roleName }: Lack): string {
  switch (kind) {
    case "schema":
      return "the schema is missing";
    case "role":
      return `role "${roleName}" is missing`;
    case "membership":
      return `the service role ${missing} role "${roleName}"`;
    case "usage":
      return `role "${roleName}" has no usage on the schema`;
    case "defaults":
      return `role "${roleName}" will not get ${missing} on ${object} that are created later`;
    case "view":
      return `${missing}, so that role "${roleName}" cannot use view "${object}"`;
    case "table":
    case "sequence":
    case "function":
    case "type":
      return `role "${roleName}" has no ${missing} on ${kind} "${object}"`;
  }
}

const TENANTS = `
  tenant as (
    select t.schema_name as "schemaName", t.role_name as "roleName", n.oid as schema, n.nspowner as owner,
        r.oid as role
      from rowhouse.tenant as t
      left join pg_catalog.pg_namespace as n on n.nspname = t.schema_name
      left join pg_catalog.pg_roles as r on r.rolname = t.role_name
     where t.transition is null and ($1::text[] is null or t.schema_name = any($1::text[]))
  )`;

const MISSING = `
  select "schemaName", "roleName", kind, '' as object, '' as missing
    from tenant cross join unnest(array['schema', 'role']) as kind
   where case kind when 'schema' then schema is null else role is null end`;

const membershipsWith = (options: string): string => `
  select t."schemaName", t."roleName", 'membership' as kind, '' as object, m.missing
    from tenant as t
   cross join ${INSTALLATION} as i
    join pg_catalog.pg_roles as service on service.rolname = i.service_role
   cross join lateral (
      select ${options} as missing from pg_catalog.pg_auth_members as m
       where m.roleid = t.role and m.member = service.oid
    ) as m
   where t.role is not null and m.missing is not null`;

const MEMBERSHIPS = membershipsWith(`
  case when not coalesce(bool_or(m.set_option), false) then '${MAY_NOT_BECOME}'
    when bool_or(m.inherit_option) then 'has, without becoming it, the privileges of'
    when bool_or(m.admin_option) then 'may grant to others' end`);

const MEMBERSHIPS_BEFORE_16 = membershipsWith(`
  case when count(*) = 0 then '${MAY_NOT_BECOME}'
    when bool_or(m.admin_option) then 'may grant to others' end`);

const GRANTS = `
  select t."schemaName", t."roleName", 'usage' as kind, '' as object, '' as missing
    from tenant as t
   where t.schema is not null and t.role is not null
     and not pg_catalog.has_schema_privilege(t.role, t.schema, 'USAGE')`;

const DEFAULTS = `
  select t."schemaName", t."roleName", 'defaults' as kind, kind.object,
      string_agg(privilege, ', ' order by place) as missing
    from tenant as t
   cross join ${DEFAULT_KINDS}
   cross join unnest(string_to_array(kind.privileges, ', ')) with ordinality as p (privilege, place)
    left join pg_catalog.pg_default_acl as d on d.defaclnamespace = t.schema
      and d.defaclrole = t.owner and d.defaclobjtype = kind.type::"char"
   where t.schema is not null and t.role is not null
     and (not kind.public or ${isTakenFromPublic("t.owner")})
     and not exists (
      select from pg_catalog.aclexplode(d.defaclacl) as a
       where a.grantee = t.role and lower(a.privilege_type) = p.privilege)
   group by t."schemaName", t."roleName", kind.object`;

// Nearly all tables of a tenant have the same owner and privileges: those that are alike are judged together. A grant of the
// owner to the role itself is enough, and is in the row that is read. To ask PostgreSQL costs a look-up of the table by its
// number, which stays in the session's memory.
const relationsWith = (inside: Inside): string =>
  `
  , alike as (
    select t.schema, c.relkind = 'S' as sequences, c.relowner, c.relacl, max(c.oid) as oid,
        array_agg(c.relname::text) as names
      from tenant as t
      ${inside("pg_class", "c")} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
     where t.role is not null
     group by t.schema, c.relkind = 'S', c.relowner, c.relacl
  )
  select t."schemaName", t."roleName", case when a.sequences then 'sequence' else 'table' end as kind,
      unnest(a.names) as object, string_agg(p.privilege, ', ' order by p.place) as missing
    from alike as a
    join tenant as t on t.schema = a.schema
   cross join unnest(case when a.sequences then $sequences$ else $tables$ end)
      with ordinality as p (privilege, place)
   where case
      when a.relacl @> pg_catalog.makeaclitem(t.role, a.relowner, p.privilege, false) then false
      when a.sequences then not pg_catalog.has_sequence_privilege(t.role, a.oid, p.privilege)
      else not pg_catalog.has_table_privilege(t.role, a.oid, p.privilege) end
   group by t."schemaName", t."roleName", a.sequences, a.names`
    .replace("$tables$", arrayOf(TABLE_PRIVILEGES))
    .replace("$sequences$", arrayOf(SEQUENCE_PRIVILEGES));

/** Privileges as an SQL array. */
export function arrayOf(privileges: readonly string[]): string {
  return `array[${privileges.map((privilege) => `'${privilege}'`).join(", ")}]`;
}
