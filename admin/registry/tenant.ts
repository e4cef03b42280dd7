// Creating a tenant: schema, role, privileges, tables and registry rows in one transaction, or
// nothing at all.

import { UNIQUE_VIOLATION } from "../../src/errors.ts";
import { AdminError } from "./admin-error.ts";
import { databaseCode } from "./database-code.ts";
import { migrateTenant } from "../migrations/tenant-migrations.ts";
import { insertDomain } from "./domain.ts";
import { readInstallation } from "./installation.ts";
import { query, type Registry, type TenantStatus } from "./registry.ts";
import { readAdminRole } from "./service-role.ts";
import { createTenantRole, grantSchema, tenantRoleName } from "./tenant-role.ts";

/** A tenant with its hosts, as `list-tenants` shows it. */
export interface ListedTenant {
  readonly schemaName: string;
  readonly status: TenantStatus;
  readonly version: number;
  readonly statementTimeoutMs: number;
  readonly createdAt: Date;
  readonly hosts: readonly string[];
}

/**
 * Creates a tenant. All or nothing.
 * @param schemaName checked by parseSchemaName
 * @param hosts in the registry's form, checked by parseDomain; at least one
 * @throws {AdminError} when the schema, the role or a host exists already
 */
export async function createTenant(
  registry: Registry,
  schemaName: string,
  hosts: readonly string[],
): Promise<void> {
  const { sequelize, Tenant } = registry;
  await sequelize.transaction(async (transaction) => {
    const { serviceRole, tenantRoles } = await readInstallation(registry, transaction);
    const roleName = tenantRoles
      ? await tenantRoleName(registry, transaction, schemaName)
      : serviceRole;
    // The registry row first: a second one for the same schema waits here, and then finds it.
    await refuse(
      UNIQUE_VIOLATION,
      `Cannot add tenant: schema "${schemaName}" is a tenant already`,
      () =>
        query(
          sequelize,
          transaction,
          "insert into rowhouse.tenant (schema_name, role_name) values ($1, $2)",
          [schemaName, roleName],
        ),
    );
    if (tenantRoles) {
      const admin = await readAdminRole(registry, transaction);
      await refuse("42710", `Cannot add tenant: role "${roleName}" exists without a tenant`, () =>
        createTenantRole(registry, transaction, { roleName, serviceRole, admin }),
      );
    }
    await refuse("42P06", `Cannot add tenant: schema "${schemaName}" exists without a tenant`, () =>
      query(sequelize, transaction, `create schema "${schemaName}"`),
    );
    await grantSchema(registry, transaction, schemaName, roleName);
    await migrateTenant(registry, schemaName, transaction);
    const tenant = await Tenant.findByPk(schemaName, { transaction, rejectOnEmpty: true });
    for (const host of hosts) await insertDomain(registry, transaction, tenant, host);
  });
}

/** Every tenant with its hosts, by schema. */
export async function listTenants({ Tenant, Domain }: Registry): Promise<readonly ListedTenant[]> {
  const [tenants, domains] = await Promise.all([
    Tenant.findAll({ order: ["schemaName"] }),
    Domain.findAll({ order: ["host"] }),
  ]);
  const hosts = new Map<string, string[]>();
  for (const { schemaName, host } of domains) {
    hosts.set(schemaName, [...(hosts.get(schemaName) ?? []), host]);
  }
  return tenants.map(({ schemaName, status, version, statementTimeoutMs, createdAt }) => ({
    schemaName,
    status,
    version,
    statementTimeoutMs,
    createdAt,
    hosts: hosts.get(schemaName) ?? [],
  }));
}

/** Runs `work`; an error with this SQLSTATE becomes `message` with what to do. */
async function refuse<T>(state: string, message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (databaseCode(error) !== state) throw error;
    throw new AdminError(`${message}; choose another name, or remove that one first`);
  }
}
