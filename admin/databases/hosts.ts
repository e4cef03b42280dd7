// The hosts of a tenant that lives elsewhere. Home has a row for each, so that they are unique over all databases. It
// gets a host first and loses it last: a killed run leaves a host at home that the same command, or remove-domain, ends.

import {
  addDomain,
  hostTaken,
  type PlannedRemoval,
  planRemoval,
  removeDomain,
} from "../lifecycle/domain.ts";
import { commandFor } from "../program/form.ts";
import { AdminError } from "../registry/admin-error.ts";
import { pointHosts } from "../registry/pointer.ts";
import { query, type Registry } from "../registry/registry.ts";
import { lockTenants } from "../registry/tenants/lock.ts";
import { findDomainRow } from "../registry/tenants/rows.ts";
import { findDatabase, isManyfold, locate } from "./find.ts";
import { requireArrived } from "./unfinished-move.ts";

const ACTION = "remove host";

/**
 * Adds a host to a tenant, wherever it is.
 * @throws {AdminError} as addDomain, and when a move has not ended
 */
export async function addHost(home: Registry, host: string, schemaName: string): Promise<void> {
  const there = await locate(home, schemaName);
  if (there.database === home.database) return addDomain(home, host, schemaName);
  await requireArrived(there, schemaName, "add host");
  const isNew = await pointHere(home, host, schemaName);
  try {
    // A pointer there only sends requests on: home's row says whose host it is.
    await removePointingHost(there, host);
    await addDomain(there, host, schemaName);
  } catch (error) {
    const row = await there.Domain.findByPk(host);
    if (isNew && (row?.schemaName !== schemaName || row.database !== null)) {
      await removePointingHost(home, host, schemaName);
    }
    throw error;
  }
  // Another verb may have dropped the tenant meanwhile, and made another one of the name.
  const led = await home.Domain.findByPk(host);
  if (led?.schemaName === schemaName && led.database !== null) return;
  await removeDomain(there, host, schemaName).catch(() => {});
  throw hasChanged(schemaName);
}

function hasChanged(schemaName: string): AdminError {
  return new AdminError(
    `Cannot add host: tenant "${schemaName}" has changed meanwhile; see ${commandFor("list-tenants")}`,
    { code: "tenant_busy" },
  );
}

/**
 * Removes a host from its tenant, wherever it is.
 * @param owner as in removeDomain
 * @returns the schema of the tenant that had it
 * @throws {AdminError} as removeDomain
 */
export async function removeHost(home: Registry, host: string, owner?: string): Promise<string> {
  const row = isManyfold(home) ? await home.Domain.findByPk(host) : null;
  if (row?.database == null) return removeDomain(home, host, owner);
  const { schemaName, database } = row;
  if (owner !== undefined && owner !== schemaName) {
    throw new AdminError(
      `Cannot remove host: "${host}" does not belong to tenant "${owner}"; see ${commandFor("list-tenants")}`,
      { code: "host_not_found" },
    );
  }
  const there = await findDatabase(home, database);
  await requireArrived(there, schemaName, ACTION);
  try {
    await removeDomain(there, host, schemaName);
  } catch (error) {
    if (!(await isRemoved(there, host, schemaName, error))) throw error;
  }
  await removePointingHost(home, host, schemaName);
  return schemaName;
}

/** Makes the checks of {@link removeHost}, and changes nothing. Throws as it does. */
export async function planRemovalAnywhere(home: Registry, host: string): Promise<PlannedRemoval> {
  const row = isManyfold(home) ? await home.Domain.findByPk(host) : null;
  if (row?.database == null) return planRemoval(home, host);
  const there = await findDatabase(home, row.database);
  const { schemaName } = row;
  await requireArrived(there, schemaName, ACTION);
  try {
    return await planRemoval(there, host);
  } catch (error) {
    if (!(await isRemoved(there, host, schemaName, error))) throw error;
    const rows = await home.Domain.findAll({ where: { schemaName }, order: ["host"] });
    const kept = rows.map((one) => one.host).filter((one) => one !== host);
    return { host, schemaName, kept };
  }
}

/**
 * Whether a run that was killed has removed the host there. A row of the tenant is its host, also where it points on; and a
 * tenant that is being renamed has its host there by its other name.
 */
async function isRemoved(
  there: Registry,
  host: string,
  schemaName: string,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof AdminError) || error.code !== "host_not_found") return false;
  const row = await there.Domain.findByPk(host);
  return row === null || (row.schemaName !== schemaName && row.database !== null);
}

/**
 * Lets a host of home point where the tenant is.
 * @returns whether it did not before
 * @throws {AdminError} host_taken, tenant_busy
 */
function pointHere(home: Registry, host: string, schemaName: string): Promise<boolean> {
  return home.withTransaction(async (transaction) => {
    await lockTenants(transaction, schemaName);
    const before = await findDomainRow(transaction, host);
    const own = await pointHosts(transaction, schemaName, [host]);
    // Without a pointer the tenant has moved home since it was located.
    if (own.length === 0) throw before === undefined ? hasChanged(schemaName) : hostTaken(host);
    return before === undefined;
  });
}

/** @param schemaName whose host it is; anybody's when left out */
async function removePointingHost(
  { withTransaction }: Registry,
  host: string,
  schemaName?: string,
): Promise<void> {
  await withTransaction((transaction) =>
    query(
      transaction,
      `delete from rowhouse.domain
        where host = $1 and schema_name = coalesce($2, schema_name) and database is not null`,
      [host, schemaName ?? null],
    ),
  );
}
