// What tests have done to a database before they begin, by the functions behind the verbs: the one place that
// knows how those are called.

import { createTenants, type IntakeOutcome } from "../../../admin/create-many/create-tenants.ts";
import {
  type InitialiseOptions,
  initialise,
} from "../../../admin/lifecycle/database/initialise.ts";
import { type Registry, withRegistry } from "../../../admin/registry/registry.ts";

/** Does what init-db does. */
export async function initialiseDatabase(
  adminUrl: string,
  options: InitialiseOptions = {},
): Promise<void> {
  await prepareDatabase(adminUrl, options, {});
}

/**
 * Does what init-db does, and creates tenants, on the same connections.
 * @param migrations as in {@link addTenants}
 */
export async function prepareDatabase(
  adminUrl: string,
  options: InitialiseOptions,
  hosts: Readonly<Record<string, string>>,
  migrations?: string,
): Promise<void> {
  const prepare = async (registry: Registry): Promise<void> => {
    await initialise(registry, options);
    await createAll(registry, hosts);
  };
  await withRegistry(adminUrl, prepare, migrations);
}

/**
 * Creates tenants, one after the other.
 * @param hosts a host by schema
 * @param migrations the folder of their migrations; that of the example when left out
 */
export async function addTenants(
  adminUrl: string,
  hosts: Readonly<Record<string, string>>,
  migrations?: string,
): Promise<void> {
  await withRegistry(adminUrl, (registry) => createAll(registry, hosts), migrations);
}

async function createAll(
  registry: Registry,
  hosts: Readonly<Record<string, string>>,
): Promise<void> {
  const tenants = Object.entries(hosts);
  if (tenants.length === 0) return;
  const list = tenants.map(([schemaName, host], line) => ({ schemaName, hosts: [host], line }));
  const report = ({ outcome, message }: IntakeOutcome): void => {
    if (outcome !== "added") throw new Error(message ?? `A tenant is ${outcome}`);
  };
  await createTenants(registry, list, { concurrency: 1, report });
}
