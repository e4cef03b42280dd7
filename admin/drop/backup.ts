// The backup of a tenant that is being dropped. Where it is stands in the registry before anything is
// dropped: a drop that is run again makes no second one of what is left, and never writes over the first.

import { access } from "node:fs/promises";
import { resolve } from "node:path";
import type { Transaction } from "sequelize";
import { AdminError } from "../registry/admin-error.ts";
import { query, type Registry } from "../registry/registry.ts";
import { exportTenant } from "../transfer/export-tenant.ts";
import { transact } from "../batch/transact.ts";

/**
 * Makes it, unless an earlier run has made it or has begun to drop without. Killed between the file and the
 * registry, the next run makes another, of the same: nothing was dropped by then.
 * @param file undefined for none; there is none of a schema that is missing
 * @returns its whole path; undefined when there is none
 */
export async function backUp(
  registry: Registry,
  schemaName: string,
  file: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { sequelize } = registry;
  const { made, hasSchema } = await sequelize.transaction(async (transaction) => ({
    made: await findBackup(transaction, schemaName),
    hasSchema: await isSchema(transaction, schemaName),
  }));
  if (made !== undefined) return made === "" ? undefined : made;
  const path = file === undefined || !hasSchema ? undefined : resolve(file);
  if (path !== undefined) {
    await exportTenant(registry, schemaName, path, { allowed: ["dropping"], signal });
  }
  await transact(registry, (transaction) =>
    query(transaction, "update rowhouse.tenant set backup = $2 where schema_name = $1", [
      schemaName,
      path ?? "",
    ]),
  );
  return path;
}

/**
 * Refuses a file that exists, unless the backup was made before.
 * @throws {AdminError} that says so
 */
export async function requireNewFile(
  transaction: Transaction,
  schemaName: string,
  file: string | undefined,
): Promise<void> {
  if (file === undefined || !(await exists(file))) return;
  if ((await findBackup(transaction, schemaName)) !== undefined) return;
  throw new AdminError(
    `Cannot drop tenant: ${JSON.stringify(file)} exists; name another file with --backup`,
  );
}

/** Undefined while it is not decided, "" when the tenant is dropped without. */
async function findBackup(
  transaction: Transaction,
  schemaName: string,
): Promise<string | undefined> {
  const text = "select backup from rowhouse.tenant where schema_name = $1";
  const [row] = await query<{ backup: string | null }>(transaction, text, [schemaName]);
  return row?.backup ?? undefined;
}

async function isSchema(transaction: Transaction, schemaName: string): Promise<boolean> {
  const text = "select from pg_catalog.pg_namespace where nspname = $1";
  return (await query(transaction, text, [schemaName])).length > 0;
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
