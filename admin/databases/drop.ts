// Drops a tenant for good, wherever it is, and takes its pointers away. Home's pointer goes last: until then the same
// command finds the tenant, and goes on.

import type { Report } from "../command/verb.ts";
import { type DroppedTenant, type DropOptions, dropTenant } from "../drop/drop.ts";
import { query, type Registry } from "../registry/registry.ts";
import { lockTenants, withTenantAlone } from "../registry/tenants/lock.ts";
import { inEach, isManyfold } from "./find.ts";
import { requireNoRemnants } from "./remnants.ts";
import { requireRenamed } from "./unfinished-rename.ts";

const ACTION = "drop tenant";

/** The result of {@link dropAnywhere}. */
export interface DroppedAnywhere extends DroppedTenant {
  /** The databases that could not be asked: one of them may keep a pointer, which leads nowhere. */
  readonly unreachable: readonly string[];
}

/**
 * Drops a tenant and its pointers. A database that cannot be reached keeps its pointer, which leads nowhere.
 * @throws {AdminError} as dropTenant, when a move has left something of the tenant, and when a move has not ended
 */
export async function dropAnywhere(
  home: Registry,
  schemaName: string,
  options: DropOptions,
): Promise<DroppedAnywhere> {
  if (!isManyfold(home)) {
    return { ...(await dropTenant(home, schemaName, options)), unreachable: [] };
  }
  const { database } = await requireNoRemnants(home, schemaName, ACTION);
  if (database === home.database) {
    const dropped = await dropTenant(home, schemaName, options);
    return { ...dropped, unreachable: await removeHints(home, schemaName) };
  }
  // Home's lock keeps others from creating a tenant of the name meanwhile, or from being in the midst of it.
  return withTenantAlone(home, schemaName, ACTION, async () => {
    const there = await requireNoRemnants(home, schemaName, ACTION);
    const isGone = (await there.Tenant.findByPk(schemaName)) === null;
    if (isGone) await requireRenamed(home, there, schemaName, ACTION);
    const dropped = isGone
      ? { schemaName, backup: undefined, unproven: undefined, losses: [], keptRole: undefined }
      : await dropTenant(there, schemaName, options);
    const unreachable = await removeHints(home, schemaName);
    await removePointer(home, schemaName, there.database);
    return { ...dropped, unreachable };
  });
}

/** Makes the checks of {@link dropAnywhere}, and changes nothing. Throws as it does. */
export async function planDropAnywhere(
  home: Registry,
  schemaName: string,
  backup: string | undefined,
  lossy: boolean,
): Promise<Report> {
  const { planDrop } = await import("../drop/plan.ts");
  const there = isManyfold(home) ? await requireNoRemnants(home, schemaName, ACTION) : home;
  return planDrop(there, schemaName, backup, lossy);
}

/** Removes the pointers of the other databases. Returns the names of those that could not be asked. */
async function removeHints(home: Registry, schemaName: string): Promise<readonly string[]> {
  const work = (one: Registry): Promise<void> => removePointer(one, schemaName);
  const asked = await inEach(home, work, home.others.names);
  return asked.filter(({ done }) => !done).map(({ database }) => database);
}

/** @param database where it leads; anywhere when left out */
async function removePointer(
  { withTransaction }: Registry,
  schemaName: string,
  database?: string,
): Promise<void> {
  await withTransaction(async (transaction) => {
    await lockTenants(transaction, schemaName);
    await query(
      transaction,
      "delete from rowhouse.pointer where schema_name = $1 and database = coalesce($2, database)",
      [schemaName, database ?? null],
    );
  });
}
