// The two parts of a tenant that carry its name: its schema and its role.

import { commandFor } from "../program/form.ts";
import { AdminError } from "../registry/admin-error.ts";
import { query, type TenantRow } from "../registry/registry.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/**
 * Refuses a tenant whose schema or role is missing.
 * @throws {AdminError} that names what is missing
 */
export async function requireParts(
  transaction: Transaction,
  { schemaName, roleName }: TenantRow,
): Promise<void> {
  const [found] = await query<{ schema: boolean; role: boolean }>(
    transaction,
    `select exists (select from pg_catalog.pg_namespace where nspname = $1) as schema,
       exists (select from pg_catalog.pg_roles where rolname = $2) as role`,
    [schemaName, roleName],
  );
  if (found?.schema && found.role) return;
  const missing = found?.schema ? `role "${roleName}"` : `schema "${schemaName}"`;
  throw new AdminError(
    `Cannot rename tenant: its ${missing} is missing; run ${commandFor("repair")} ${schemaName} first`,
  );
}

// The objects of the shared schemas by their dependencies, because the catalogs have no index by schema.
const HIDDEN = `
  select case when d.classid = 'pg_catalog.pg_class'::regclass then 'table' else 'function' end as kind,
      coalesce(c.relname, p.proname)::text as name, shared.nspname::text as place
    from pg_catalog.pg_namespace as shared
    join pg_catalog.pg_depend as d on d.refclassid = 'pg_catalog.pg_namespace'::regclass and d.refobjid = shared.oid
    left join pg_catalog.pg_class as c on d.classid = 'pg_catalog.pg_class'::regclass and c.oid = d.objid
      and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    left join pg_catalog.pg_proc as p on d.classid = 'pg_catalog.pg_proc'::regclass and p.oid = d.objid
   where shared.nspname = any($2::text[])
     and (exists (select from pg_catalog.pg_class as own
            where own.relname = c.relname and own.relnamespace = pg_catalog.to_regnamespace($1))
       or exists (select from pg_catalog.pg_proc as own
            where own.proname = p.proname and own.pronamespace = pg_catalog.to_regnamespace($1)))
   order by 1, 2 limit 1`;

/**
 * Refuses a tenant that serves while one of its tables or functions hides a shared one: a message that has entered by the
 * old name, and has not yet found its table, would read the shared one.
 * @param sharedSchemas those behind the tenant's in the search_path
 * @throws {AdminError} that names the first such object
 */
export async function requireUnhidden(
  transaction: Transaction,
  { schemaName, status }: TenantRow,
  sharedSchemas: readonly string[],
): Promise<void> {
  if (status === "suspended" || sharedSchemas.length === 0) return;
  const [hidden] = await query<{ kind: string; name: string; place: string }>(transaction, HIDDEN, [
    schemaName,
    sharedSchemas,
  ]);
  if (hidden === undefined) return;
  throw new AdminError(
    `Cannot rename tenant: its ${hidden.kind} "${hidden.name}" is also in the shared schema "${hidden.place}", which a ` +
      `request in that moment could read; run ${commandFor("suspend-tenant")} ${schemaName} first`,
  );
}

/**
 * Refuses the name of a schema or a role that exists without a tenant.
 * @param roleName undefined where the role keeps its name
 * @throws {AdminError} name_taken
 */
export async function requireFree(
  transaction: Transaction,
  schemaName: string,
  roleName: string | undefined,
): Promise<void> {
  const [taken] = await query<{ what: string }>(
    transaction,
    `select 'schema' as what from pg_catalog.pg_namespace where nspname = $1
     union all select 'role' from pg_catalog.pg_roles where rolname = $2 limit 1`,
    [schemaName, roleName ?? null],
  );
  if (taken === undefined) return;
  const name = taken.what === "schema" ? schemaName : (roleName ?? "");
  throw new AdminError(
    `Cannot rename tenant: ${taken.what} "${name}" exists without a tenant; ` +
      "choose another name, or remove that one first",
    { code: "name_taken" },
  );
}
