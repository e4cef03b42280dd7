// The doctor's findings about the privileges on which isolation depends, as the admin role sees them.

import { commandFor } from "../program/form.ts";
import { formatCount } from "../print/count.ts";
import { readRows, type Registry } from "../registry/registry.ts";
import { findExcess } from "../inspect/excess.ts";
import { type Finding, judge } from "./finding.ts";

interface Privileges {
  readonly service: string;
  readonly exists: boolean;
  readonly tenantRoles: boolean;
  readonly readable: number;
  readonly inherited: number;
  readonly setConfig: boolean;
  readonly settings: boolean;
  readonly create: boolean;
}

/**
 * Examines the privileges of the service role and of PUBLIC.
 * @param serviceUser the role as which the service connects; undefined when it is unknown
 */
export async function examinePrivileges(
  registry: Registry,
  serviceUser: string | undefined,
): Promise<readonly Finding[]> {
  const [version] = await readRows<{ number: number }>(
    registry,
    "select current_setting('server_version_num')::int as number",
  );
  // Before 16, an attribute of the role makes it inherit.
  const inherits = (version?.number ?? 0) >= 160_000 ? "m.inherit_option" : "service.rolinherit";
  const [found] = await readRows<Privileges>(registry, PRIVILEGES.replace("$inherits$", inherits));
  if (found === undefined) throw new Error("Cannot read privileges: init-db has not ended");
  const excess = await findExcess(registry, undefined);
  const { service, tenantRoles, readable, inherited } = found;
  const findings = [
    judge(
      "service role",
      found.exists && (serviceUser === undefined || serviceUser === service),
      `it is "${service}"`,
      "unsafe",
      found.exists
        ? `DATABASE_URL connects as "${serviceUser}", and init-db made "${service}" for that`
        : `"${service}" is missing`,
      found.exists ? `connect as "${service}"` : `run ${commandFor("init-db")}`,
    ),
    judge(
      "tenant roles",
      tenantRoles,
      "each tenant has its own",
      "warn",
      "tenants share the service role: PostgreSQL does not refuse SQL that names another tenant's schema",
      "initialise a database with an admin role that has CREATEROLE, and move the tenants there",
    ),
  ];
  if (tenantRoles) {
    findings.push(
      judge(
        "service role",
        readable === 0,
        "alone it has no privilege on any tenant's table",
        "unsafe",
        `alone it has privileges on ${formatCount(readable, "table")} of tenants`,
        `see ${commandFor("status")}, and revoke what it lists`,
      ),
      judge(
        "service role",
        inherited === 0,
        "it does not inherit from tenant roles",
        "unsafe",
        `it inherits from ${formatCount(inherited, "role")}`,
        `see ${commandFor("status")} and mend with ${commandFor("repair")} SCHEMA, or alter the role NOINHERIT`,
      ),
    );
  }
  const others = `${commandFor("status")} lists all of them`;
  const problem = `${excess[0]?.schemaName}: ${excess[0]?.problem}`;
  findings.push(
    judge(
      "privileges",
      excess.length === 0,
      "neither the tenants' roles nor other roles have too many",
      "unsafe",
      `${excess.length} are too many, such as ${problem}`,
      others,
    ),
    judge(
      "set_config",
      !found.setConfig && !found.settings,
      "PUBLIC may neither call set_config nor update pg_settings",
      "warn",
      "PUBLIC may call set_config or update pg_settings: SQL that got past the service's checks could enter " +
        "another tenant",
      `run ${commandFor("init-db")} as a superuser once`,
    ),
    judge(
      "schema public",
      !found.create,
      "PUBLIC may not create in it",
      "warn",
      "PUBLIC may create in it: tenants could leave each other tables and functions there",
      "revoke create on schema public from public",
    ),
  );
  return findings;
}

// Tables with the same owner and privileges are judged together. Before has_table_privilege() looks a table up by its number, and keeps it in the session's memory, the row that is read
// tells whether any privilege is possible.
const PRIVILEGES = `
  with service as (
    select r.oid, r.rolname, r.rolinherit from pg_catalog.pg_roles as r
      join rowhouse.installation as i on i.service_role = r.rolname
  ), held as (
    select array_agg(r.oid) as roles, bool_or(r.rolname in ('pg_read_all_data', 'pg_write_all_data')) as "all"
      from service as s join pg_catalog.pg_roles as r on pg_catalog.pg_has_role(s.oid, r.oid, 'USAGE')
  ), alike as (
    select c.relowner, c.relacl, max(c.oid) as oid, count(*) as relations
      from rowhouse.tenant as t
      join pg_catalog.pg_namespace as n on n.nspname = t.schema_name
      join pg_catalog.pg_class as c on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f')
     group by c.relowner, c.relacl
  )
  select i.service_role as service, i.tenant_roles as "tenantRoles", service.oid is not null as exists,
    (select coalesce(sum(c.relations), 0)::int from alike as c
       cross join held
      where case when held."all" or c.relowner = any (held.roles)
          or exists (select from pg_catalog.aclexplode(c.relacl) as a where a.grantee = any (0::oid || held.roles))
        then pg_catalog.has_table_privilege(service.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') end) as readable,
    (select count(*)::int from pg_catalog.pg_auth_members as m
      where m.member = service.oid and $inherits$) as inherited,
    has_function_privilege('public', 'pg_catalog.set_config(text, text, boolean)', 'EXECUTE')
      as "setConfig",
    has_table_privilege('public', 'pg_catalog.pg_settings', 'UPDATE')
      or has_any_column_privilege('public', 'pg_catalog.pg_settings', 'UPDATE') as settings,
    coalesce((select has_schema_privilege('public', n.oid, 'CREATE')
      from pg_catalog.pg_namespace as n where n.nspname = 'public'), false) as create
    from rowhouse.installation as i
    left join service on true`;
