// Refuses a name that is taken before anybody creates a tenant. The creation itself decides: another one may be faster.

import { IS_UNFINISHED } from "../migrations/unfinished.ts";
import { readInstallation } from "../registry/installation.ts";
import { query } from "../registry/registry.ts";
import { readRolePrefix } from "../registry/roles/tenant-role.ts";
import { requireUnshared } from "../shared/list.ts";
import { roleTaken, schemaTaken, tenantTaken } from "./begin.ts";
import { requireNoPointer } from "./domain.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

interface Found {
  readonly tenant: boolean;
  /** A creation that was killed: the next creation removes it. */
  readonly unfinished: boolean;
  readonly schema: boolean;
  readonly role: boolean;
}

/**
 * Refuses the name of a schema that a creation would refuse.
 * @throws {AdminError} name_taken
 */
export async function requireFreeName(transaction: Transaction, schemaName: string): Promise<void> {
  const installation = await readInstallation(transaction);
  requireUnshared("add tenant", schemaName, installation);
  const roleName = `${await readRolePrefix(transaction)}${schemaName}`;
  const [found] = await query<Found>(
    transaction,
    `select exists (select from rowhouse.tenant where schema_name = $1) as tenant,
       exists (select from rowhouse.tenant where schema_name = $1 and ${IS_UNFINISHED}) as unfinished,
       exists (select from pg_catalog.pg_namespace where nspname = $1) as schema,
       exists (select from pg_catalog.pg_roles where rolname = $2) as role`,
    [schemaName, roleName],
  );
  await requireNoPointer(transaction, schemaName);
  if (found === undefined || found.unfinished) return;
  if (found.tenant) throw tenantTaken(schemaName);
  if (found.schema) throw schemaTaken(schemaName);
  if (found.role && installation.tenantRoles) throw roleTaken(roleName);
}
