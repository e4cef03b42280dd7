// The role that the service connects as. By itself it may only enter tenants.

import { IS_CITUS } from "../../citus/sql.ts";
import { quoteName } from "../../../src/sql/quote-name.ts";
import { AdminError } from "../admin-error.ts";
import { findRoleElsewhere, type KeptRole } from "./role-use.ts";
import { type Installation, query, readDatabaseName } from "../registry.ts";
import type { Transaction } from "../connection/transaction-client.ts";

/** The role that the verbs connect as. */
export interface AdminRole {
  readonly name: string;
  readonly superuser: boolean;
  readonly createRole: boolean;
  /** The server's major version. */
  readonly serverVersion: number;
  /** Whether the database is that of a Citus cluster. */
  readonly citus: boolean;
}

interface RoleRow {
  readonly superuser: boolean;
  readonly createRole: boolean;
  readonly bypass: boolean;
  readonly inherit: boolean;
  readonly login: boolean;
}

// enter_tenant itself can wait for a lock, and a client can abandon a transaction.
const SETTINGS = {
  statement_timeout: "60s",
  lock_timeout: "5s",
  idle_in_transaction_session_timeout: "60s",
  // PostgreSQL ends a message that the service has given up when its connection closes.
  client_connection_check_interval: "1s",
};

/** Reads the role that the verbs connect as. */
export async function readAdminRole(transaction: Transaction): Promise<AdminRole> {
  const [role] = await query<AdminRole>(
    transaction,
    `select rolname as name, rolsuper as superuser, rolsuper or rolcreaterole as "createRole",
       current_setting('server_version_num')::int / 10000 as "serverVersion", ${IS_CITUS} as citus
     from pg_catalog.pg_roles where rolname = current_user`,
  );
  if (role === undefined) throw new Error("Cannot read role: current_user is not in pg_roles");
  return role;
}

/**
 * Creates the service role if it is missing, and makes it NOINHERIT.
 * @returns whether this call created it
 * @throws {AdminError} when the admin role may not create it, or it has powers that grants cannot limit
 */
export async function ensureServiceRole(
  transaction: Transaction,
  admin: AdminRole,
  { serviceRole, tenantRoles }: Pick<Installation, "serviceRole" | "tenantRoles">,
): Promise<boolean> {
  const [role] = await query<RoleRow>(
    transaction,
    `select rolsuper as superuser, rolcreaterole as "createRole",
       rolbypassrls or rolreplication or rolcreatedb as bypass,
       rolinherit as inherit, rolcanlogin as login
     from pg_catalog.pg_roles where rolname = $1`,
    [serviceRole],
  );
  if (!admin.createRole && (tenantRoles || role === undefined)) {
    throw new AdminError(
      `Cannot create roles: "${admin.name}" does not have CREATEROLE; either let a superuser run ` +
        `ALTER ROLE ${quoteName(admin.name)} CREATEROLE, or use an existing role with ` +
        "init-db --no-tenant-roles --service-role NAME",
    );
  }
  if (role !== undefined) {
    checkPowers(serviceRole, role, admin);
    await checkMemberships(transaction, serviceRole);
  }
  const name = quoteName(serviceRole);
  if (role === undefined) {
    await query(transaction, `create role ${name} login noinherit`);
  } else if (role.inherit && tenantRoles) {
    const elsewhere = await findRoleElsewhere(transaction, serviceRole);
    if (elsewhere !== undefined) throw inherits(elsewhere);
    await query(transaction, `alter role ${name} noinherit`);
  }
  if (admin.createRole) await applySettings(transaction, serviceRole);
  return role === undefined;
}

/** NOINHERIT would apply to the role in every database. */
function inherits({ roleName, database }: KeptRole): AdminError {
  return new AdminError(
    `Cannot use "${roleName}" as the service role: it must become NOINHERIT, but database "${database}" ` +
      `uses it; name another with --service-role, or run ALTER ROLE ${quoteName(roleName)} NOINHERIT`,
  );
}

function checkPowers(serviceRole: string, role: RoleRow, admin: AdminRole): void {
  const problem =
    serviceRole === admin.name
      ? "it is the admin role"
      : role.superuser
        ? "it is a superuser"
        : role.createRole
          ? "it has CREATEROLE"
          : role.bypass
            ? "it has BYPASSRLS, REPLICATION or CREATEDB"
            : role.login
              ? undefined
              : "it does not have LOGIN";
  if (problem !== undefined) {
    throw new AdminError(
      `Cannot use "${serviceRole}" as the service role: ${problem}; name another with --service-role`,
    );
  }
}

/** As a member of another role, the service role would have its privileges before it enters a tenant. */
async function checkMemberships(transaction: Transaction, serviceRole: string): Promise<void> {
  const [other] = await query<{ name: string }>(
    transaction,
    `select g.rolname as name from pg_catalog.pg_auth_members as m
       join pg_catalog.pg_roles as g on g.oid = m.roleid
       join pg_catalog.pg_roles as s on s.oid = m.member
     where s.rolname = $1 and g.rolname !~ '^rh_[0-9]+_' limit 1`,
    [serviceRole],
  );
  if (other !== undefined) {
    throw new AdminError(
      `Cannot use "${serviceRole}" as the service role: it is a member of "${other.name}"; ` +
        "revoke that membership, or name another role with --service-role",
    );
  }
}

async function applySettings(transaction: Transaction, serviceRole: string): Promise<void> {
  const database = quoteName(await readDatabaseName(transaction));
  const place = `${quoteName(serviceRole)} in database ${database}`;
  for (const [setting, value] of Object.entries(SETTINGS)) {
    await query(transaction, `alter role ${place} set ${setting} = '${value}'`);
  }
}
