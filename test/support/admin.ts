// What tests have done to a database before they begin, by the functions behind the verbs: the one place that
// knows how those are called.

import { createTenants, type IntakeOutcome } from "../../admin/create-many/create-tenants.ts";
import { type InitialiseOptions, initialise } from "../../admin/lifecycle/initialise.ts";
import { withRegistry } from "../../admin/registry/registry.ts";

/** Does what init-db does. */
export async function initialiseDatabase(
  adminUrl: string,
  options: InitialiseOptions = {},
): Promise<void> {
  await withRegistry(adminUrl, (registry) => initialise(registry, options));
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
  const tenants = Object.entries(hosts);
  if (tenants.length === 0) return;
  await withRegistry(
    adminUrl,
    async (registry) => {
      const list = tenants.map(([schemaName, host], line) => ({ schemaName, hosts: [host], line }));
      const report = ({ outcome, message }: IntakeOutcome): void => {
        if (outcome !== "added") throw new Error(message ?? `A tenant is ${outcome}`);
      };
      await createTenants(registry, list, { concurrency: 1, report });
    },
    migrations,
  );
}
