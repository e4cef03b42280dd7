// How this database was initialised.

import type { Transaction } from "sequelize";
import { AdminError } from "./admin-error.ts";
import { hasTable, type Installation, query, type Registry } from "./registry.ts";

/** The installation, or undefined in a database without a registry. */
export async function findInstallation(
  { sequelize }: Registry,
  transaction: Transaction,
): Promise<Installation | undefined> {
  if (!(await hasTable(sequelize, transaction, "installation"))) return undefined;
  const [row] = await query<Installation>(
    sequelize,
    transaction,
    `select service_role as "serviceRole", tenant_roles as "tenantRoles" from rowhouse.installation`,
  );
  return row;
}

/**
 * The installation.
 * @throws {AdminError} in a database without a registry
 */
export async function readInstallation(
  registry: Registry,
  transaction: Transaction,
): Promise<Installation> {
  const installation = await findInstallation(registry, transaction);
  if (installation === undefined) {
    throw new AdminError("Cannot find the registry: run node admin/init-db.js first");
  }
  return installation;
}
