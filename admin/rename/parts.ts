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
