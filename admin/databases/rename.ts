// Renames a tenant that lives elsewhere. Home has the new name first, and lets the old one go last; between the two its
// hosts lead to the tenant as before.

import { findPointer, setPointer } from "../registry/pointer.ts";
import { query, type Registry } from "../registry/registry.ts";
import { lockTenants, withTenantAlone } from "../registry/tenant-lock.ts";
import {
  type PlannedRename,
  planRename,
  type RenamedTenant,
  renameTenant,
} from "../rename/rename.ts";
import { requireFreeAtHome } from "./create.ts";
import { isManyfold, locate } from "./find.ts";
import { requireNoRemnants } from "./remnants.ts";

/**
 * Renames a tenant, wherever it is. A run that was killed is continued by the same command.
 * @throws {AdminError} as renameTenant, and when a move has left something of the tenant
 */
export async function renameAnywhere(
  home: Registry,
  before: string,
  schemaName: string,
): Promise<RenamedTenant> {
  if (!isManyfold(home)) return renameTenant(home, before, schemaName);
  await requireNoRemnants(home, before, "rename tenant");
  const there = await locate(home, before);
  if (there.database === home.database) {
    if (before !== schemaName) await requireFreeAtHome(home, schemaName);
    return renameTenant(home, before, schemaName);
  }
  return withTenantAlone(home, before, "rename tenant", async () => {
    const claimed = await findPointer(home, schemaName);
    const isRenamed =
      claimed === there.database &&
      (await there.Tenant.findByPk(before)) === null &&
      (await home.Domain.findOne({ where: { schemaName } })) === null;
    if (isRenamed) {
      await letGo(home, before, schemaName);
      return { schemaName, before, keptRole: undefined, stillRunning: 0 };
    }
    if (claimed !== there.database || (await there.Tenant.findByPk(schemaName)) !== null) {
      await requireFreeAtHome(home, schemaName);
    }
    await home.sequelize.transaction(async (transaction) => {
      await lockTenants(transaction, schemaName);
      await setPointer(transaction, schemaName, there.database);
    });
    const renamed = await rename(home, there, before, schemaName);
    await letGo(home, before, schemaName);
    return renamed;
  });
}

/** Makes the checks of {@link renameAnywhere}, and changes nothing. Throws as it does. */
export async function planRenameAnywhere(
  home: Registry,
  before: string,
  schemaName: string,
): Promise<PlannedRename> {
  if (!isManyfold(home)) return planRename(home, before, schemaName);
  await requireNoRemnants(home, before, "rename tenant");
  const there = await locate(home, before);
  const isClaimed =
    there.database !== home.database &&
    (await findPointer(home, schemaName)) === there.database &&
    (await there.Tenant.findByPk(schemaName)) === null;
  // A killed run has claimed the name at home.
  if (before !== schemaName && !isClaimed) await requireFreeAtHome(home, schemaName);
  return planRename(there, before, schemaName);
}

async function rename(
  home: Registry,
  there: Registry,
  before: string,
  schemaName: string,
): Promise<RenamedTenant> {
  try {
    return await renameTenant(there, before, schemaName);
  } catch (error) {
    if ((await there.Tenant.findByPk(schemaName)) === null) {
      await home.sequelize.transaction((transaction) =>
        query(transaction, "delete from rowhouse.pointer where schema_name = $1", [schemaName]),
      );
    }
    throw error;
  }
}

/** Gives the hosts to the new name, and removes the old one. */
async function letGo({ sequelize }: Registry, before: string, schemaName: string): Promise<void> {
  await sequelize.transaction(async (transaction) => {
    await lockTenants(transaction, before, schemaName);
    await query(
      transaction,
      "update rowhouse.domain set schema_name = $2 where schema_name = $1 and database is not null",
      [before, schemaName],
    );
    await query(transaction, "delete from rowhouse.pointer where schema_name = $1", [before]);
  });
}
