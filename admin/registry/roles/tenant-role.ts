// A tenant's own role: it owns nothing, may use its schema and the tables in it, and cannot log in.
// The service role can SET ROLE to it, and does not have its privileges without SET ROLE.

import { quoteName } from "../../../src/sql/quote-name.ts";
import { type Installation, query } from "../registry.ts";
import { grantNew } from "./tenant-grants.ts";
import type { AdminRole } from "./service-role.ts";
import type { Transaction } from "../connection/transaction-client.ts";

/**
 * Reads the prefix of the tenant roles' names; the schema's name follows it. It names the database, because roles
 * belong to the whole server, and two databases may both have an "acme".
 */
export async function readRolePrefix(transaction: Transaction): Promise<string> {
  const [row] = await query<{ oid: string }>(
    transaction,
    "select oid::text from pg_catalog.pg_database where datname = current_database()",
  );
  return `rh_${row?.oid ?? ""}_`;
}

/**
 * Reads the name of the role of messages without a tenant. It begins as the roles of tenants do, and no schema of a
 * tenant has the rest as its name. Where tenants do not have roles, it is the service role.
 */
export async function readSharedRole(
  transaction: Transaction,
  { serviceRole, tenantRoles }: Pick<Installation, "serviceRole" | "tenantRoles">,
): Promise<string> {
  return tenantRoles ? `${await readRolePrefix(transaction)}0_shared` : serviceRole;
}

/**
 * Creates the role of messages without a tenant, unless it exists. It owns nothing and is granted nothing: it may do
 * what PUBLIC may.
 * @returns its name
 */
export async function ensureSharedRole(
  transaction: Transaction,
  admin: AdminRole,
  installation: Pick<Installation, "serviceRole" | "tenantRoles">,
): Promise<string> {
  const roleName = await readSharedRole(transaction, installation);
  const text = "select from pg_catalog.pg_roles where rolname = $1";
  if ((await query(transaction, text, [roleName])).length === 0) {
    const { serviceRole } = installation;
    await createTenantRole(transaction, { roleName, serviceRole, admin });
  }
  return roleName;
}

/** The names that a tenant's role needs. */
export interface RoleNames {
  readonly roleName: string;
  readonly serviceRole: string;
  readonly admin: AdminRole;
}

/** Creates a tenant's role and lets the service role SET ROLE to it. */
export async function createTenantRole(transaction: Transaction, names: RoleNames): Promise<void> {
  await query(transaction, roleCommands(names).join(";"));
}

/** Returns the commands of {@link createTenantRole}. */
export function roleCommands({ roleName, serviceRole, admin }: RoleNames): readonly string[] {
  const [role, service] = [quoteName(roleName), quoteName(serviceRole)];
  // Before 16 a grant has no such options, and NOINHERIT of the service role says the same.
  const options = admin.serverVersion >= 16 ? "with inherit false, set true" : "";
  return [`create role ${role} nologin noinherit`, `grant ${role} to ${service} ${options}`];
}

/**
 * Lets a role use a tenant's schema that exists, and every object that the admin role creates there from now on, as far
 * as it may not yet. Call it before the first table is created.
 */
export async function grantSchema(
  transaction: Transaction,
  schemaName: string,
  roleName: string,
): Promise<void> {
  await query(transaction, `grant usage on schema "${schemaName}" to ${quoteName(roleName)}`);
  await grantNew(transaction, schemaName, roleName);
}
