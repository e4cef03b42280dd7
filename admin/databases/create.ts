// Creates tenants in another database. Home knows their names and hosts first, so that they are unique over all
// databases; what a killed run has left there, the same command takes up.

import { type Displaced, findPointers, pointHosts, setPointer } from "../registry/pointer.ts";
import { query, type Registry } from "../registry/registry.ts";
import { lockTenants, withTenantsAlone } from "../registry/tenants/lock.ts";
import { findTenantRows } from "../registry/tenants/rows.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";
import { tenantTaken } from "../lifecycle/begin.ts";
import { hostTaken, requireNoPointer } from "../lifecycle/domain.ts";
import { IS_UNFINISHED } from "../migrations/unfinished.ts";
import { requireRenamed } from "./unfinished-rename.ts";

const ACTION = "add tenant";

/** A tenant that is created elsewhere. */
export interface Wanted {
  readonly schemaName: string;
  readonly hosts: readonly string[];
}

/**
 * Creates tenants at home as ever; or in another database, where home knows their names and hosts first.
 * @param there the database of the new tenants
 * @param wanted one tenant, or those of one transaction
 * @param create receives which pointers there give way to the new tenants
 * @throws {AdminError} when a name or a host is taken, or the creation fails; home knows nothing of them then
 */
export function createIn<T>(
  home: Registry,
  there: Registry,
  wanted: readonly Wanted[],
  create: (displaces: Displaced | undefined) => Promise<T>,
): Promise<T> {
  if (there.database === home.database) return create(undefined);
  const names = wanted.map(({ schemaName }) => schemaName);
  return withTenantsAlone(home, names, ACTION, async () => {
    const [taken] = await findTenants(there, names);
    if (taken !== undefined) throw tenantTaken(taken);
    // The old name of a tenant is not free: home's hosts still stand there.
    for (const [name, database] of await findPointers(home, names)) {
      if (database === there.database) await requireRenamed(home, there, name, ACTION);
    }
    await claim(home, there.database, wanted);
    try {
      return await create("all");
    } catch (error) {
      // Where this cannot be told, the claims stay, and the same command goes on.
      const kept = await findTenants(there, names);
      const lost = names.filter((name) => !kept.includes(name));
      await giveBack(home, there.database, lost);
      throw error;
    }
  });
}

/**
 * Lets home know tenants of another database: their names and hosts, or none of them.
 * @throws {AdminError} name_taken, host_taken
 */
export async function claim(
  home: Registry,
  database: string,
  tenants: readonly Wanted[],
): Promise<void> {
  const names = tenants.map(({ schemaName }) => schemaName);
  await home.withTransaction(async (transaction) => {
    await lockTenants(transaction, ...names);
    const [taken] = await findTenantRows(transaction, names);
    if (taken !== undefined) throw tenantTaken(taken);
    // The pointers of a run that was killed go, with their hosts.
    await removeLed(transaction, database, names);
    for (const { schemaName, hosts } of tenants) {
      await requireNoPointer(transaction, schemaName);
      await setPointer(transaction, schemaName, database);
      const own = await pointHosts(transaction, schemaName, hosts);
      const other = hosts.find((host) => !own.includes(host));
      if (other !== undefined) throw hostTaken(other);
    }
  });
}

async function giveBack(
  { withTransaction }: Registry,
  database: string,
  names: readonly string[],
): Promise<void> {
  await withTransaction(async (transaction) => {
    await lockTenants(transaction, ...names);
    await removeLed(transaction, database, names);
  });
}

async function removeLed(
  transaction: Transaction,
  database: string,
  names: readonly string[],
): Promise<void> {
  await query(
    transaction,
    "delete from rowhouse.pointer where schema_name = any($1::text[]) and database = $2",
    [names, database],
  );
}

/** Returns those of these names that are tenants of a database. */
async function findTenants(
  { withTransaction }: Registry,
  names: readonly string[],
): Promise<readonly string[]> {
  return withTransaction(async (transaction) => {
    // Waits for a creation that was killed while it committed.
    await lockTenants(transaction, ...names);
    const rows = await query<{ name: string }>(
      transaction,
      `select schema_name as name from rowhouse.tenant
        where schema_name = any($1::text[]) and not coalesce(${IS_UNFINISHED}, false) order by 1`,
      [names],
    );
    return rows.map(({ name }) => name);
  });
}
