// Makes a database ready for tenants: the service role, the registry, and the privileges that
// isolation stands on. One transaction, and the same again changes nothing. What PostgreSQL silently
// ignores (a REVOKE by somebody who may not) is read back.

import type { Transaction } from "sequelize";
import { quoteName } from "../../src/sql/quote-name.ts";
import { AdminError } from "../registry/admin-error.ts";
import { migrateRegistry } from "../migrations/registry-migrations.ts";
import { checkDatabaseName } from "./database-name.ts";
import { closeFunctions, findKeepers } from "../registry/closed-functions.ts";
import { findInstallation } from "../registry/installation.ts";
import { query, readDatabaseName, type Registry } from "../registry/registry.ts";
import { ensureServiceRole, readAdminRole } from "../registry/service-role.ts";

/** How {@link initialise} is to do it; what is left out stays as it was the first time. */
export interface InitialiseOptions {
  readonly serviceRole?: string | undefined;
  /** False: no role per tenant; isolation then rests on the search_path and the lexer alone. */
  readonly tenantRoles?: boolean | undefined;
}

/** What {@link initialise} did. */
export interface Initialised {
  readonly serviceRole: string;
  readonly tenantRoles: boolean;
  readonly createdRole: boolean;
  /** Names of the registry migrations that were run now. */
  readonly migrations: readonly string[];
  /** Whether a tenant's SQL is kept from calling set_config; only a superuser can see to it. */
  readonly setConfigRevoked: boolean;
  /** Functions that tenants may execute and should not, and that this role could not close. */
  readonly openFunctions: readonly string[];
}

const DEFAULT_SERVICE_ROLE = "rowhouse_service";

/**
 * Initialises the database that the registry is connected to. All or nothing.
 * @throws {AdminError} when the options contradict an earlier run, when a role may not be created or
 *   is not fit to be the service role, or when TEMPORARY cannot be taken from PUBLIC
 */
export async function initialise(
  registry: Registry,
  options: InitialiseOptions = {},
): Promise<Initialised> {
  const { sequelize } = registry;
  return sequelize.transaction(async (transaction) => {
    await query(
      transaction,
      "select pg_advisory_xact_lock(hashtext('rowhouse'), hashtext('init-db'))",
    );
    checkDatabaseName(await readDatabaseName(transaction));
    const before = await findInstallation(transaction);
    const serviceRole = options.serviceRole ?? before?.serviceRole ?? DEFAULT_SERVICE_ROLE;
    const tenantRoles = options.tenantRoles ?? before?.tenantRoles ?? true;
    if (before && (before.serviceRole !== serviceRole || before.tenantRoles !== tenantRoles)) {
      throw new AdminError(
        `Cannot initialise: this database has service role "${before.serviceRole}" ` +
          `${before.tenantRoles ? "and" : "without"} tenant roles; run init-db without options`,
      );
    }
    const admin = await readAdminRole(transaction);
    const createdRole = await ensureServiceRole(transaction, admin, {
      serviceRole,
      tenantRoles,
    });
    const migrations = await migrateRegistry(transaction);
    if (!before) {
      await query(
        transaction,
        "insert into rowhouse.installation (service_role, tenant_roles) values ($1, $2)",
        [serviceRole, tenantRoles],
      );
    }
    await grantEntry(transaction, serviceRole);
    await revokeTemporary(transaction, serviceRole);
    const setConfigRevoked = await revokeSetConfig(transaction, admin, serviceRole);
    const open = await closeFunctions(transaction, [serviceRole, admin.name]);
    const openFunctions = open.map(({ name }) => name);
    return { serviceRole, tenantRoles, createdRole, migrations, setConfigRevoked, openFunctions };
  });
}

async function grantEntry(transaction: Transaction, serviceRole: string): Promise<void> {
  const role = quoteName(serviceRole);
  await query(transaction, `grant usage on schema rowhouse to ${role}`);
  for (const name of ["resolve_host(text[])", "enter_tenant(text[])"]) {
    await query(transaction, `grant execute on function rowhouse.${name} to ${role}`);
  }
}

/** A temporary table would stay on the pooled connection, for the next tenant to see. */
async function revokeTemporary(transaction: Transaction, serviceRole: string): Promise<void> {
  const database = await readDatabaseName(transaction);
  await query(transaction, `revoke temporary on database ${quoteName(database)} from public`);
  const [left] = await query<{ temporary: boolean }>(
    transaction,
    "select has_database_privilege($1, current_database(), 'TEMPORARY') as temporary",
    [serviceRole],
  );
  if (left?.temporary) {
    throw new AdminError(
      `Cannot take TEMPORARY on database "${database}" from PUBLIC; ` +
        "run init-db as the database's owner, and grant the service role nothing on it but CONNECT",
    );
  }
}

/**
 * Keeps tenants' SQL from undoing what enter_tenant has set. Others in this database who call
 * set_config or write to pg_settings need a grant of their own from then on.
 */
async function revokeSetConfig(
  transaction: Transaction,
  admin: { readonly name: string; readonly superuser: boolean },
  serviceRole: string,
): Promise<boolean> {
  if (admin.superuser) {
    const setConfig = "function pg_catalog.set_config(text, text, boolean)";
    const keepers = await findKeepers(transaction, [serviceRole, admin.name]);
    await query(transaction, `grant execute on ${setConfig} to ${keepers}`);
    await query(transaction, `revoke execute on ${setConfig} from public`);
    await query(transaction, "revoke update on pg_catalog.pg_settings from public");
  }
  const [left] = await query<{ open: boolean }>(
    transaction,
    `select has_function_privilege('public', 'pg_catalog.set_config(text, text, boolean)', 'EXECUTE')
       or has_table_privilege('public', 'pg_catalog.pg_settings', 'UPDATE')
       or has_any_column_privilege('public', 'pg_catalog.pg_settings', 'UPDATE') as open`,
  );
  return left?.open === false;
}
