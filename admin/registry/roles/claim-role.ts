// Prepares the role of a tenant for dropping.

import { quoteName } from "../../../src/sql/quote-name.ts";
import { query } from "../registry.ts";
import { findRoleElsewhere, type KeptRole } from "./role-use.ts";
import { type AdminRole, readAdminRole } from "./service-role.ts";
import type { Transaction } from "../connection/transaction-client.ts";

/**
 * Finds the tenant's own role, and makes the admin role a member of it, as DROP OWNED requires.
 * @returns the role's name, a {@link KeptRole} when another database uses it, or undefined when it does not exist
 */
export async function claimRole(
  transaction: Transaction,
  roleName: string,
): Promise<string | KeptRole | undefined> {
  const [role] = await query<{ member: boolean }>(
    transaction,
    `select pg_has_role(oid, 'USAGE') as member from pg_catalog.pg_roles where rolname = $1`,
    [roleName],
  );
  if (role === undefined) return undefined;
  const kept = await findRoleElsewhere(transaction, roleName);
  if (kept !== undefined) return kept;
  if (!role.member) {
    const admin = await readAdminRole(transaction);
    await query(transaction, grantTo(admin, roleName));
  }
  return roleName;
}

function grantTo(admin: AdminRole, roleName: string): string {
  const options = admin.serverVersion >= 16 ? " with inherit true, set true" : "";
  return `grant ${quoteName(roleName)} to ${quoteName(admin.name)}${options}`;
}
