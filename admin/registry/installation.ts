// Reads how init-db initialised this database.

import type { Transaction } from "sequelize";
import { AdminError } from "./admin-error.ts";
import { hasTable, type Installation, query } from "./registry.ts";

/** Reads the installation; undefined in a database without a registry. */
export async function findInstallation(
  transaction: Transaction,
): Promise<Installation | undefined> {
  if (!(await hasTable(transaction, "installation"))) return undefined;
  const [row] = await query<Installation>(
    transaction,
    `select service_role as "serviceRole", tenant_roles as "tenantRoles" from rowhouse.installation`,
  );
  return row;
}

/**
 * Reads the installation.
 * @throws {AdminError} in a database without a registry
 */
export async function readInstallation(transaction: Transaction): Promise<Installation> {
  const installation = await findInstallation(transaction);
  if (installation === undefined) {
    throw new AdminError(
      "Cannot find the registry: the database does not have one; run node admin/init-db.js first",
    );
  }
  return installation;
}
