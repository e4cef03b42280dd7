// Reads how init-db initialised this database.

import { commandFor } from "../program/form.ts";
import { AdminError } from "./admin-error.ts";
import { hasTable, type Installation, query } from "./registry.ts";
import type { Transaction } from "./connection/transaction-client.ts";

/** Reads the installation; undefined in a database without a registry. */
export async function findInstallation(
  transaction: Transaction,
): Promise<Installation | undefined> {
  if (!(await hasTable(transaction, "installation"))) return undefined;
  // A registry that init-db has not yet migrated lacks the column "shared_schemas".
  const [row] = await query<Installation>(
    transaction,
    `select service_role as "serviceRole", tenant_roles as "tenantRoles",
       array(select jsonb_array_elements_text(to_jsonb(i) -> 'shared_schemas')) as "sharedSchemas"
       from rowhouse.installation as i`,
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
      `Cannot find the registry: the database does not have one; run ${commandFor("init-db")} first`,
      { code: "registry_missing" },
    );
  }
  return installation;
}
