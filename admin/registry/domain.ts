// The hosts of the tenants.

import type { Transaction } from "sequelize";
import { UNIQUE_VIOLATION } from "../../src/errors.ts";
import { AdminError } from "./admin-error.ts";
import { databaseCode } from "./database-code.ts";
import type { Registry, TenantRow } from "./registry.ts";

/**
 * Adds a host to a tenant.
 * @param host in the registry's form, checked by parseDomain
 * @throws {AdminError} when there is no such tenant, or the host is somebody's already
 */
export async function addDomain(
  registry: Registry,
  host: string,
  schemaName: string,
): Promise<void> {
  const { sequelize, Tenant } = registry;
  await sequelize.transaction(async (transaction) => {
    // Locked, so that the copy of its columns below is of the row as it is when this commits.
    const tenant = await Tenant.findByPk(schemaName, { transaction, lock: transaction.LOCK.SHARE });
    if (tenant === null) {
      throw new AdminError(
        `Cannot add host: there is no tenant "${schemaName}"; see node admin/list-tenants.js`,
      );
    }
    await insertDomain(registry, transaction, tenant, host);
  });
}

/**
 * Takes a host from its tenant. No message that begins after this returns enters by it.
 * @returns the schema of the tenant that had it
 * @throws {AdminError} when no tenant has it
 */
export async function removeDomain({ sequelize, Domain }: Registry, host: string): Promise<string> {
  return sequelize.transaction(async (transaction) => {
    const domain = await Domain.findByPk(host, { transaction, lock: transaction.LOCK.UPDATE });
    if (domain === null) {
      throw new AdminError(
        `Cannot remove host: no tenant has "${host}"; see node admin/list-tenants.js`,
      );
    }
    await domain.destroy({ transaction });
    return domain.schemaName;
  });
}

/** Adds the row for a host within a transaction; {@link addDomain} has the errors. */
export async function insertDomain(
  { Domain }: Registry,
  transaction: Transaction,
  { schemaName, roleName, status, statementTimeoutMs }: TenantRow,
  host: string,
): Promise<void> {
  try {
    await Domain.create(
      { host, schemaName, roleName, status, statementTimeoutMs },
      { transaction },
    );
  } catch (error) {
    if (databaseCode(error) !== UNIQUE_VIOLATION) throw error;
    throw new AdminError(
      `Cannot add host: "${host}" belongs to a tenant already; ` +
        `see node admin/list-tenants.js, and node admin/remove-domain.js ${host}`,
    );
  }
}
