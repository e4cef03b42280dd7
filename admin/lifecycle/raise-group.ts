// Raises many tenants in one transaction.

import { recordEvents } from "../events/event.ts";
import type { Registry } from "../registry/registry.ts";
import { beginTenant } from "./begin.ts";
import { requireAlike } from "./compare.ts";
import { type Creation, describeCreation, type NewTenant } from "./creation.ts";
import { serveTenant } from "./domain.ts";
import { applyAll, reachVersion, siteOf } from "./reach.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/**
 * Raises a group of tenants to the newest version within the caller's transaction; roll it back after an error. Give
 * them in the order in which all verbs lock several tenants.
 * @throws {AdminError} as raiseTenant
 */
export async function raiseGroup(
  registry: Registry,
  transaction: Transaction,
  creation: Creation,
  tenants: readonly NewTenant[],
): Promise<void> {
  const ordered = creation.fresh;
  for (const tenant of tenants) {
    await beginTenant(transaction, creation, tenant, true);
    await applyAll(siteOf(registry, creation, tenant.schemaName), transaction, ordered);
  }
  const names = tenants.map(({ schemaName }) => schemaName);
  await requireAlike(transaction, creation, names);
  for (const name of names) creation.traces.end(name);
  await reachVersion(transaction, names, ordered);
  for (const tenant of tenants) await serveTenant(transaction, tenant);
  const source = { verb: "add-tenant" } as const;
  await recordEvents(
    transaction,
    tenants.map((tenant) => describeCreation(registry, creation, tenant, source)),
  );
}
