// What tests have done to a database before they begin, by the functions behind the verbs: the one place that
// knows how those are called.

import { type InitialiseOptions, initialise } from "../../admin/lifecycle/initialise.ts";
import { prepareCreation } from "../../admin/lifecycle/creation.ts";
import { addTenant } from "../../admin/lifecycle/tenant.ts";
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
      const creation = await prepareCreation(registry);
      for (const [schemaName, host] of tenants) {
        await addTenant(registry, creation, { schemaName, hosts: [host] });
      }
    },
    migrations,
  );
}
