// The role of a tenant that is being dropped.

import type { Transaction } from "sequelize";
import { quoteName } from "../../src/sql/quote-name.ts";
import { query } from "../registry/registry.ts";
import { findRoleElsewhere, type KeptRole } from "../registry/role-use.ts";
import { type AdminRole, readAdminRole } from "../registry/service-role.ts";

/**
 * The tenant's own role, when there is one that may be dropped: not one that another database uses, and the
 * admin role has been made a member, which who drops what a role owns must be.
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
