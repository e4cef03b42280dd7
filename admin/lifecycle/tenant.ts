// Creates a tenant.

import type { Registry } from "../registry/registry.ts";
import { prepareReferences, requireAlike } from "./compare.ts";
import { type Creation, type NewTenant, prepareCreation } from "./creation.ts";
import { raiseTenant } from "./raise.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/**
 * Creates a tenant: all of it, or nothing.
 * @param hosts in the registry's form, checked by parseDomain
 * @throws {AdminError} when the schema, the role or a host exists already, or a migration fails
 */
export async function createTenant(
  registry: Registry,
  schemaName: string,
  hosts: readonly string[],
): Promise<void> {
  await addTenant(registry, await prepareCreation(registry), { schemaName, hosts });
}

/**
 * Creates a tenant at the newest version: all of it, or nothing.
 * @throws {AdminError} as {@link createTenant}
 */
export async function addTenant(
  registry: Registry,
  creation: Creation,
  tenant: Omit<NewTenant, "version" | "to">,
): Promise<void> {
  const names = [tenant.schemaName];
  await prepareReferences(creation, names);
  const compare = (transaction: Transaction): Promise<void> =>
    requireAlike(transaction, creation, names);
  try {
    await raiseTenant(registry, creation, tenant, compare, {
      action: "add tenant",
      source: { verb: "add-tenant" },
    });
  } finally {
    creation.traces.end(tenant.schemaName);
  }
}
