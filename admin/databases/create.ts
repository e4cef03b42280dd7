// Creates a tenant in another database. Home knows its name and hosts first, so that they are unique over all
// databases; what a killed run has left there, the same command takes up.

import { type Displaced, findPointer, pointHosts, setPointer } from "../registry/pointer.ts";
import { query, type Registry } from "../registry/registry.ts";
import { lockTenants, withTenantAlone } from "../registry/tenant-lock.ts";
import { tenantTaken } from "../lifecycle/begin.ts";
import { hostTaken, requireNoPointer } from "../lifecycle/domain.ts";
import { isUnfinished } from "../migrations/unfinished.ts";
import { requireRenamed } from "./unfinished-rename.ts";

/** A tenant that is created elsewhere. */
export interface Wanted {
  readonly schemaName: string;
  readonly hosts: readonly string[];
}

/**
 * Claims the name and the hosts at home, and creates the tenant.
 * @param there the other database
 * @param create receives which pointers there give way to the new tenant
 * @throws {AdminError} when the name or a host is taken, or the creation fails; home knows nothing of it then
 */
function createThere<T>(
  home: Registry,
  there: Registry,
  wanted: Wanted,
  create: (displaces: Displaced) => Promise<T>,
): Promise<T> {
  const { schemaName } = wanted;
  return withTenantAlone(home, schemaName, "add tenant", async () => {
    if (await isTenant(there, schemaName)) throw tenantTaken(schemaName);
    // Its old name is not free: home's hosts still stand there.
    if ((await findPointer(home, schemaName)) === there.database) {
      await requireRenamed(home, there, schemaName, "add tenant");
    }
    await claim(home, there.database, wanted);
    try {
      return await create("all");
    } catch (error) {
      // Where this cannot be told, the claim stays, and the same command goes on.
      if (!(await isTenant(there, schemaName))) await giveBack(home, there.database, schemaName);
      throw error;
    }
  });
}

/** Creates a tenant at home as ever, or in another database by {@link createThere}. */
export function createIn<T>(
  home: Registry,
  there: Registry,
  wanted: Wanted,
  create: (displaces: Displaced | undefined) => Promise<T>,
): Promise<T> {
  if (there.database === home.database) return create(undefined);
  return createThere(home, there, wanted, create);
}

async function claim(
  home: Registry,
  database: string,
  { schemaName, hosts }: Wanted,
): Promise<void> {
  await home.sequelize.transaction(async (transaction) => {
    await lockTenants(transaction, schemaName);
    if ((await home.Tenant.findByPk(schemaName, { transaction })) !== null) {
      throw tenantTaken(schemaName);
    }
    // The pointer of a run that was killed goes, with its hosts.
    await query(
      transaction,
      "delete from rowhouse.pointer where schema_name = $1 and database = $2",
      [schemaName, database],
    );
    await requireNoPointer(transaction, schemaName);
    await setPointer(transaction, schemaName, database);
    const own = await pointHosts(transaction, schemaName, hosts);
    const taken = hosts.find((host) => !own.includes(host));
    if (taken !== undefined) throw hostTaken(taken);
  });
}

async function giveBack(
  { sequelize }: Registry,
  database: string,
  schemaName: string,
): Promise<void> {
  await sequelize.transaction(async (transaction) => {
    await lockTenants(transaction, schemaName);
    await query(
      transaction,
      "delete from rowhouse.pointer where schema_name = $1 and database = $2",
      [schemaName, database],
    );
  });
}

async function isTenant({ sequelize, Tenant }: Registry, schemaName: string): Promise<boolean> {
  return sequelize.transaction(async (transaction) => {
    // Waits for a creation that was killed while it committed.
    await lockTenants(transaction, schemaName);
    const tenant = await Tenant.findByPk(schemaName, { transaction });
    return tenant !== null && !(await isUnfinished(transaction, schemaName));
  });
}
