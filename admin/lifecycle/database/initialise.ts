// Prepares a database for tenants: the service role, the registry, and the privileges that isolate tenants. All of
// it is one transaction, and a second run changes nothing. PostgreSQL silently ignores a REVOKE by a role without
// the right to it, so the result is read back.

import { requireCoordinator } from "../../citus/coordinator.ts";
import { KEEP_SCHEMAS_WHOLE } from "../../citus/sql.ts";
import { quoteName } from "../../../src/sql/quote-name.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { recordEvents } from "../../events/event.ts";
import { describeInitialisation } from "../../events/initialisation.ts";
import { migrateRegistry } from "../../migrations/registry-migrations.ts";
import { checkDatabaseName } from "./database-name.ts";
import { closeFunctions, findKeepers } from "../../registry/roles/closed-functions.ts";
import { findInstallation } from "../../registry/installation.ts";
import { query, readDatabaseName, type Registry } from "../../registry/registry.ts";
import { ensureServiceRole, readAdminRole } from "../../registry/roles/service-role.ts";
import { ensureSharedRole } from "../../registry/roles/tenant-role.ts";
import { ENTRIES, writeEntries } from "../../shared/entry.ts";
import { closeSharedSchemas } from "../../shared/close.ts";
import { decideSharedSchemas, type SharedChange } from "../../shared/list.ts";
import { type Opened, openSharedSchemas } from "../../shared/open.ts";
import type { Transaction } from "../../registry/connection/transaction-client.ts";

/** Options of {@link initialise}; an option that is left out keeps its value of the first run. */
export interface InitialiseOptions {
  readonly serviceRole?: string | undefined;
  /**
   * False: tenants do not have their own roles; isolation then rests on the search_path and the lexer alone. The first
   * run without it decides by the server: true, but false on Citus.
   */
  readonly tenantRoles?: boolean | undefined;
  /** The change of the shared schemas; they stay as they are when left out. */
  readonly sharedSchemas?: SharedChange | undefined;
}

/** The result of {@link initialise}. */
export interface Initialised {
  readonly serviceRole: string;
  readonly tenantRoles: boolean;
  /** Whether the server is the coordinator of a Citus cluster. */
  readonly citus: boolean;
  readonly createdRole: boolean;
  /** Names of the registry migrations that this run applied. */
  readonly migrations: readonly string[];
  /** Whether PostgreSQL keeps tenant SQL from calling set_config; only a superuser can revoke it. */
  readonly setConfigRevoked: boolean;
  /** Functions that tenants may execute but should not, and that this role could not revoke. */
  readonly openFunctions: readonly string[];
  /** The shared schemas, in the order of the search_path. */
  readonly sharedSchemas: readonly string[];
  /** The changes in the shared schemas. */
  readonly opened: Opened;
}

const DEFAULT_SERVICE_ROLE = "rowhouse_service";

/**
 * Initialises the registry's database in one transaction.
 * @throws {AdminError} when the options contradict an earlier run, when the admin role may not create a role, when a
 *   role is unsuitable as the service role, when TEMPORARY cannot be revoked from PUBLIC, or when a schema cannot be
 *   shared, or its sharing cannot end, and on a node of Citus that cannot have the registry
 */
export async function initialise(
  registry: Registry,
  options: InitialiseOptions = {},
): Promise<Initialised> {
  const { withTransaction } = registry;
  return withTransaction(async (transaction) => {
    await query(
      transaction,
      "select pg_advisory_xact_lock(hashtext('rowhouse'), hashtext('init-db'))",
    );
    const admin = await readAdminRole(transaction);
    const { citus } = admin;
    if (citus) {
      await requireCoordinator(transaction);
      await query(transaction, KEEP_SCHEMAS_WHOLE);
    }
    checkDatabaseName(await readDatabaseName(transaction));
    const before = await findInstallation(transaction);
    const serviceRole = options.serviceRole ?? before?.serviceRole ?? DEFAULT_SERVICE_ROLE;
    const tenantRoles = options.tenantRoles ?? before?.tenantRoles ?? !citus;
    if (before && (before.serviceRole !== serviceRole || before.tenantRoles !== tenantRoles)) {
      throw new AdminError(
        `Cannot initialise: this database already uses service role "${before.serviceRole}" ` +
          `${before.tenantRoles ? "and" : "without"} tenant roles; run init-db without options`,
      );
    }
    const createdRole = await ensureServiceRole(transaction, admin, {
      serviceRole,
      tenantRoles,
    });
    const migrations = await migrateRegistry(transaction, registry.tenantMigrations);
    const shared = before?.sharedSchemas ?? [];
    const sharedSchemas = decideSharedSchemas(shared, options.sharedSchemas ?? {});
    await query(
      transaction,
      before
        ? "update rowhouse.installation set shared_schemas = $1 where shared_schemas <> $1"
        : "insert into rowhouse.installation (shared_schemas, service_role, tenant_roles) values ($1, $2, $3)",
      before ? [sharedSchemas] : [sharedSchemas, serviceRole, tenantRoles],
    );
    await closeSharedSchemas(
      transaction,
      shared.filter((name) => !sharedSchemas.includes(name)),
    );
    const opened = await openSharedSchemas(transaction, sharedSchemas);
    const sharedRole = await ensureSharedRole(transaction, admin, { serviceRole, tenantRoles });
    await writeEntries(transaction, { sharedSchemas, sharedRole });
    await grantEntry(transaction, serviceRole);
    await revokeTemporary(transaction, serviceRole);
    const setConfigRevoked = await revokeSetConfig(transaction, admin, serviceRole);
    const { open, closed } = await closeFunctions(transaction, [serviceRole, admin.name]);
    const openFunctions = open.map(({ name }) => name);
    const done: Initialised = {
      ...{ serviceRole, tenantRoles, citus, createdRole, migrations },
      ...{ setConfigRevoked, openFunctions, sharedSchemas, opened },
    };
    await recordEvents(
      transaction,
      describeInitialisation(registry.actor, before, { ...done, closed }),
    );
    return done;
  });
}

async function grantEntry(transaction: Transaction, serviceRole: string): Promise<void> {
  const role = quoteName(serviceRole);
  await query(transaction, `grant usage on schema rowhouse to ${role}`);
  for (const name of ["resolve_host(text[])", "resolve_schema(text)", ...ENTRIES]) {
    await query(transaction, `grant execute on function rowhouse.${name} to ${role}`);
  }
}

/**
 * A temporary table would stay on the pooled connection, where the next tenant could read it. Roles that use this
 * database already, such as an application's whose schemas will be adopted, keep the privilege.
 */
async function revokeTemporary(transaction: Transaction, serviceRole: string): Promise<void> {
  const database = await readDatabaseName(transaction);
  const isHeldBy = async (role: string): Promise<boolean> => {
    const [row] = await query<{ held: boolean }>(
      transaction,
      "select has_database_privilege($1, current_database(), 'TEMPORARY') as held",
      [role],
    );
    return row?.held === true;
  };
  const wasPublic = await isHeldBy("public");
  await query(transaction, `revoke temporary on database ${quoteName(database)} from public`);
  if (await isHeldBy(serviceRole)) {
    throw new AdminError(
      `Cannot revoke TEMPORARY on database "${database}" from PUBLIC; ` +
        "run init-db as the database's owner, and grant the service role only CONNECT on it",
    );
  }
  const keepers = wasPublic ? await findKeepers(transaction, [], [serviceRole]) : "";
  if (keepers !== "") {
    await query(transaction, `grant temporary on database ${quoteName(database)} to ${keepers}`);
  }
}

/**
 * Keeps tenant SQL from changing the settings that enter_tenant has made. Other roles of this database that call
 * set_config or write to pg_settings then need their own grant.
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
