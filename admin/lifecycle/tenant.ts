// Creates a tenant: schema, role, privileges, tables and registry rows in one transaction.

import type { Transaction } from "sequelize";
import { UNIQUE_VIOLATION } from "../../src/errors.ts";
import {
  buildSchema,
  loadTenantMigrations,
  newestVersion,
  type TenantMigrations,
} from "../migrations/tenant-migrations.ts";
import { AdminError } from "../registry/admin-error.ts";
import { databaseCode } from "../registry/database-code.ts";
import { insertDomains } from "./domain.ts";
import { readInstallation } from "../registry/installation.ts";
import {
  type Installation,
  query,
  readRows,
  type Registry,
  type TenantStatus,
  type Transition,
} from "../registry/registry.ts";
import { type AdminRole, readAdminRole } from "../registry/service-role.ts";
import { createTenantRole, grantSchema, readRolePrefix } from "../registry/tenant-role.ts";
import { tenantLockKey } from "../registry/tenant-lock.ts";

/** The parameters that all new tenants of one database share; read once for many. */
export interface Creation {
  readonly installation: Installation;
  readonly admin: AdminRole;
  /** The part of a tenant role's name before the schema's name. */
  readonly rolePrefix: string;
  readonly migrations: TenantMigrations;
}

/** A tenant to create. */
export interface NewTenant {
  /** Checked by parseSchemaName. */
  readonly schemaName: string;
  /** In the registry's form, checked by parseDomain. */
  readonly hosts: readonly string[];
  /** The version of its tables; the newest when left out. */
  readonly version?: number;
  readonly statementTimeoutMs?: number;
}

/** A tenant with its hosts, as `list-tenants` shows it. */
export interface ListedTenant {
  readonly schemaName: string;
  readonly status: TenantStatus;
  readonly version: number;
  readonly statementTimeoutMs: number;
  readonly createdAt: Date;
  /** Its transition, if it is in one, and the other database of a move. */
  readonly transition: Transition | null;
  readonly peer: string | null;
  readonly hosts: readonly string[];
}

/**
 * Reads the parameters that {@link createTenantWithin} needs.
 * @throws {AdminError} in a database without a registry
 */
export function prepareCreation(registry: Registry): Promise<Creation> {
  return registry.sequelize.transaction(async (transaction) => ({
    installation: await readInstallation(transaction),
    admin: await readAdminRole(transaction),
    rolePrefix: await readRolePrefix(transaction),
    migrations: await loadTenantMigrations(registry),
  }));
}

/**
 * Creates a tenant in one transaction.
 * @throws {AdminError} when the schema, the role or a host exists already; nothing was created then
 */
export async function createTenant(
  registry: Registry,
  schemaName: string,
  hosts: readonly string[],
): Promise<void> {
  const creation = await prepareCreation(registry);
  await registry.sequelize.transaction((transaction) =>
    createTenantWithin(registry, transaction, creation, { schemaName, hosts }),
  );
}

/**
 * Creates a tenant within the caller's transaction. After an error, the caller must roll back.
 * @returns the name of its role
 * @throws {AdminError} as {@link createTenant}
 */
export async function createTenantWithin(
  registry: Registry,
  transaction: Transaction,
  creation: Creation,
  tenant: NewTenant,
): Promise<string> {
  const { migrations } = creation;
  const { schemaName, hosts, version = newestVersion(migrations) } = tenant;
  const roleName = await registerTenant(transaction, creation, { ...tenant, version });
  await refuse("42P06", `schema "${schemaName}" exists without a tenant`, () =>
    query(transaction, `create schema "${schemaName}"`),
  );
  await grantSchema(transaction, schemaName, roleName);
  await buildSchema(registry, migrations, schemaName, transaction, version);
  await insertDomains(transaction, schemaName, hosts);
  return roleName;
}

/**
 * Writes a tenant's row and creates its role, within the caller's transaction, which then holds the tenant's lock.
 * @returns the name of its role
 * @throws {AdminError} when the schema is a tenant already, or its role exists without one
 */
export async function registerTenant(
  transaction: Transaction,
  { installation, admin, rolePrefix }: Creation,
  tenant: Pick<NewTenant, "schemaName" | "statementTimeoutMs"> & { readonly version: number },
): Promise<string> {
  const { schemaName, version } = tenant;
  const { serviceRole, tenantRoles } = installation;
  const roleName = tenantRoles ? `${rolePrefix}${schemaName}` : serviceRole;
  // The registry row comes first: a second call for the same schema waits here, and then finds the row.
  await refuse(UNIQUE_VIOLATION, `schema "${schemaName}" is a tenant already`, () =>
    query(
      transaction,
      `insert into rowhouse.tenant (schema_name, role_name, version, statement_timeout_ms)
       select $1, $2, $3, coalesce($4::int, 10000)
         from (select pg_advisory_xact_lock(${tenantLockKey("$1")})) as locked`,
      [schemaName, roleName, version, tenant.statementTimeoutMs ?? null],
    ),
  );
  if (tenantRoles) {
    await refuse("42710", `role "${roleName}" exists without a tenant`, () =>
      createTenantRole(transaction, { roleName, serviceRole, admin }),
    );
  }
  return roleName;
}

/** Reads every tenant with its hosts, in the order of the schema names. */
export function listTenants(registry: Registry): Promise<readonly ListedTenant[]> {
  return readRows<ListedTenant>(
    registry,
    `select schema_name as "schemaName", status, version, statement_timeout_ms as "statementTimeoutMs",
         created_at as "createdAt", transition, peer,
         array(select host from rowhouse.domain as d where d.schema_name = t.schema_name order by host) as hosts
       from rowhouse.tenant as t order by schema_name`,
  );
}

/** Runs `work`, and replaces an error with this SQLSTATE by an AdminError with `problem` and advice. */
async function refuse<T>(state: string, problem: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (databaseCode(error) !== state) throw error;
    throw new AdminError(
      `Cannot add tenant: ${problem}; choose another name, or remove that one first`,
    );
  }
}
