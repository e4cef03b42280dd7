// Drops a tenant for good, wherever it is, and takes its pointers away. Home's pointer goes last: until then the same
// command finds the tenant, and goes on.

import { type DroppedTenant, type DropOptions, dropTenant } from "../drop/drop.ts";
import { query, type Registry } from "../registry/registry.ts";
import { lockTenants } from "../registry/tenant-lock.ts";
import { inEach, isManyfold, locate } from "./find.ts";
import { requireNoRemnants } from "./remnants.ts";

/**
 * Drops a tenant and its pointers. A database that cannot be reached keeps its pointer, which leads nowhere.
 * @throws {AdminError} as dropTenant, and when a move has left something of the tenant
 */
export async function dropAnywhere(
  home: Registry,
  schemaName: string,
  options: DropOptions,
): Promise<DroppedTenant> {
  if (!isManyfold(home)) return dropTenant(home, schemaName, options);
  await requireNoRemnants(home, schemaName, "drop tenant");
  const there = await locate(home, schemaName);
  const isElsewhere = there.database !== home.database;
  const isGone = isElsewhere && (await there.Tenant.findByPk(schemaName)) === null;
  const dropped = isGone
    ? { schemaName, backup: undefined, unproven: undefined, losses: [], keptRole: undefined }
    : await dropTenant(there, schemaName, options);
  await inEach(home, (one) => removePointer(one, schemaName), home.others.names);
  if (isElsewhere) await removePointer(home, schemaName);
  return dropped;
}

async function removePointer({ sequelize }: Registry, schemaName: string): Promise<void> {
  await sequelize.transaction(async (transaction) => {
    await lockTenants(transaction, schemaName);
    await query(transaction, "delete from rowhouse.pointer where schema_name = $1", [schemaName]);
  });
}
