// The first steps of a new tenant: its row, its role and its empty schema.

import { DISTRIBUTE_SCHEMAS } from "../citus/sql.ts";
import { UNIQUE_VIOLATION } from "../../src/errors.ts";
import { quoteName } from "../../src/sql/quote-name.ts";
import { AdminError } from "../registry/admin-error.ts";
import { databaseCode } from "../registry/database-code.ts";
import { query } from "../registry/registry.ts";
import { tenantLockKey } from "../registry/tenants/lock.ts";
import { grantCommands } from "../registry/roles/tenant-grants.ts";
import { roleCommands } from "../registry/roles/tenant-role.ts";
import { requireUnshared } from "../shared/list.ts";
import type { Creation, NewTenant } from "./creation.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

const DUPLICATE_OBJECT = "42710";
const DUPLICATE_SCHEMA = "42P06";

/** The error when the registry has the schema already. */
export class TenantExists extends AdminError {}

/**
 * Creates the row, the role and the schema, and grants the role what it needs. The row's version is 0.
 * @param isWhole false for a tenant that takes more transactions than this one: its row says so
 * @returns the name of the role
 * @throws {AdminError} when one of them exists already, or the schema is shared
 */
export async function beginTenant(
  transaction: Transaction,
  creation: Creation,
  tenant: NewTenant,
  isWhole: boolean,
): Promise<string> {
  const { schemaName } = tenant;
  const roleName = await insertTenant(transaction, creation, tenant, isWhole);
  const commands = [
    ...newRoleCommands(creation, roleName),
    ...(creation.admin.citus ? [DISTRIBUTE_SCHEMAS] : []),
    `create schema ${quoteName(schemaName)}`,
    ...grantCommands(creation.defaultKinds, schemaName, roleName),
  ];
  await createAll(transaction, commands, schemaName, roleName);
  return roleName;
}

/**
 * Creates the row and the role. The transaction then holds the tenant's lock.
 * @param isWhole as for {@link beginTenant}
 * @returns the name of the role
 * @throws {AdminError} when one of them exists already, or the schema is shared
 */
export async function registerTenant(
  transaction: Transaction,
  creation: Creation,
  tenant: NewTenant,
  isWhole: boolean,
): Promise<string> {
  const roleName = await insertTenant(transaction, creation, tenant, isWhole);
  const commands = newRoleCommands(creation, roleName);
  if (commands.length > 0) await createAll(transaction, commands, tenant.schemaName, roleName);
  return roleName;
}

/** Inserts the row, and returns the name of the role. */
async function insertTenant(
  transaction: Transaction,
  { installation, rolePrefix }: Creation,
  { schemaName, statementTimeoutMs, settings = {} }: NewTenant,
  isWhole: boolean,
): Promise<string> {
  const { serviceRole, tenantRoles } = installation;
  requireUnshared("add tenant", schemaName, installation);
  const roleName = tenantRoles ? `${rolePrefix}${schemaName}` : serviceRole;
  // The registry row comes first: a second call for the same schema waits here, and then finds the row.
  try {
    await query(
      transaction,
      `insert into rowhouse.tenant (schema_name, role_name, statement_timeout_ms, settings, status, transition)
       select $1, $2, coalesce($3::int, 10000), $5::jsonb, case when $4::boolean then 'active' else 'suspended' end,
           case when not $4::boolean then 'arriving' end
         from (select pg_advisory_xact_lock(${tenantLockKey("$1")})) as locked`,
      [schemaName, roleName, statementTimeoutMs ?? null, isWhole, JSON.stringify(settings)],
    );
  } catch (error) {
    if (databaseCode(error) !== UNIQUE_VIOLATION) throw error;
    throw tenantTaken(schemaName);
  }
  return roleName;
}

/** The commands that create a tenant's own role; none where tenants do not have roles. */
function newRoleCommands({ installation, admin }: Creation, roleName: string): readonly string[] {
  const { serviceRole, tenantRoles } = installation;
  return tenantRoles ? roleCommands({ roleName, serviceRole, admin }) : [];
}

/**
 * Runs commands in one message.
 * @throws {AdminError} name_taken when the role or the schema exists already
 */
async function createAll(
  transaction: Transaction,
  commands: readonly string[],
  schemaName: string,
  roleName: string,
): Promise<void> {
  try {
    await query(transaction, commands.join(";"));
  } catch (error) {
    const code = databaseCode(error);
    if (code !== DUPLICATE_OBJECT && code !== DUPLICATE_SCHEMA) throw error;
    throw code === DUPLICATE_OBJECT ? roleTaken(roleName) : schemaTaken(schemaName);
  }
}

/** The error when the registry has the schema. */
export function tenantTaken(schemaName: string): TenantExists {
  const text = describe(`schema "${schemaName}" is a tenant already`);
  return new TenantExists(text, { code: "name_taken" });
}

/** The error when the schema exists, and the registry does not have it. */
export function schemaTaken(schemaName: string): AdminError {
  const text = describe(`schema "${schemaName}" exists without a tenant`);
  return new AdminError(text, { code: "name_taken" });
}

/** The error when the tenant's role exists, and the tenant does not. */
export function roleTaken(roleName: string): AdminError {
  const text = describe(`role "${roleName}" exists without a tenant`);
  return new AdminError(text, { code: "name_taken" });
}

function describe(problem: string): string {
  return `Cannot add tenant: ${problem}; choose another name, or remove that one first`;
}
