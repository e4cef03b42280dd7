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
import { findDatabase, isManyfold, locate } from "./find.ts";

/**
 * Adds a host to a tenant, wherever it is.
 * @throws {AdminError} as addDomain
 */
export async function addHost(home: Registry, host: string, schemaName: string): Promise<void> {
  const there = await locate(home, schemaName);
  if (there.database === home.database) return addDomain(home, host, schemaName);
  if (!(await pointHere(home, host, schemaName))) throw hostTaken(host);
  try {
    // A pointer there only sends requests on: home's row says whose host it is.
    await removePointingHost(there, host);
    await addDomain(there, host, schemaName);
  } catch (error) {
    const row = await there.Domain.findByPk(host);
    if (row?.schemaName !== schemaName || row.database !== null) {
      await removePointingHost(home, host);
    }
    throw error;
  }
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
  try {
    await removeDomain(there, host, schemaName);
  } catch (error) {
    // A run that was killed has removed it there; but a tenant that is being renamed has it there by its other name.
    if (!(error instanceof AdminError) || error.code !== "host_not_found") throw error;
    const left = await there.Domain.findByPk(host);
    if (left?.database === null) throw error;
  }
  await removePointingHost(home, host);
  return schemaName;
}

/** Makes the checks of {@link removeHost}, and changes nothing. Throws as it does. */
export async function planRemovalAnywhere(home: Registry, host: string): Promise<PlannedRemoval> {
  const row = isManyfold(home) ? await home.Domain.findByPk(host) : null;
  if (row?.database == null) return planRemoval(home, host);
  const there = await findDatabase(home, row.database);
  try {
    return await planRemoval(there, host);
  } catch (error) {
    // A run that was killed has removed it there.
    if (!(error instanceof AdminError) || error.code !== "host_not_found") throw error;
    const { schemaName } = row;
    const rows = await home.Domain.findAll({ where: { schemaName }, order: ["host"] });
    const kept = rows.map((one) => one.host).filter((one) => one !== host);
    return { host, schemaName, kept };
  }
}

/** Lets a host of home point where the tenant is. Returns whether it is the tenant's. */
function pointHere({ sequelize }: Registry, host: string, schemaName: string): Promise<boolean> {
  return sequelize.transaction(async (transaction) => {
    const own = await pointHosts(transaction, schemaName, [host]);
    return own.length > 0;
  });
}

async function removePointingHost({ sequelize }: Registry, host: string): Promise<void> {
  await sequelize.transaction((transaction) =>
    query(transaction, "delete from rowhouse.domain where host = $1 and database is not null", [
      host,
    ]),
  );
}
