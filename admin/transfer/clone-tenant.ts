// A tenant like another, in the same database.

import type { Registry } from "../registry/registry.ts";
import { createTenantWithin, prepareCreation } from "../lifecycle/tenant.ts";
import type { Meter } from "../command/meter.ts";
import { type Loaded, loadTenant } from "./load.ts";
import { findLosses, requireNoLosses } from "./shape/rehearsal.ts";
import { withSnapshot } from "./snapshot.ts";
import { sourceOf } from "./snapshot-source.ts";

/** The tenant that is to be. */
export interface CloneOptions {
  /** Checked by parseSchemaName. */
  readonly schemaName: string;
  /** In the registry's form, checked by parseDomain. */
  readonly hosts: readonly string[];
  /** Tables as the migrations make them, and none of the rows. */
  readonly structureOnly?: boolean;
  /** Copy what can be copied, and leave out the rest. */
  readonly lossy?: boolean;
  readonly meter?: Meter;
}

/** What was made. */
export interface CloneReport extends Loaded {
  readonly from: string;
  readonly schemaName: string;
  readonly hosts: readonly string[];
  readonly version: number;
  /** What the other has and this one has not; empty unless it was to be lossy. */
  readonly losses: readonly string[];
}

/**
 * Creates a tenant with the version, the statement timeout and the rows of another as they are at one moment,
 * while that is served. All or nothing. The rows go from one connection to another: on a cluster, no statement
 * may touch two tenants.
 * @param from the other's schema
 * @throws {AdminError} when there is no such tenant, its schema is not what its migrations make, or the new
 *   one cannot be created
 */
export async function cloneTenant(
  registry: Registry,
  from: string,
  { schemaName, hosts, structureOnly = false, lossy = false, meter }: CloneOptions,
): Promise<CloneReport> {
  const creation = await prepareCreation(registry);
  const action = "clone tenant";
  return withSnapshot(registry, from, { action }, async (snapshot) => {
    const { tables, version, statementTimeoutMs } = snapshot;
    // With the tables locked: no migration comes between.
    const losses = structureOnly ? [] : await findLosses(registry, from);
    if (!lossy) requireNoLosses(action, from, losses);
    const loaded = await registry.sequelize.transaction(async (transaction) => {
      const tenant = { schemaName, hosts, version, statementTimeoutMs };
      await createTenantWithin(registry, transaction, creation, tenant);
      if (structureOnly) return { tables: tables.length, rows: 0, bytes: 0 };
      meter?.expect(snapshot.bytes);
      const source = { ...sourceOf(snapshot), action, lossy, meter };
      return loadTenant(transaction, schemaName, source);
    });
    return { from, schemaName, hosts, version, losses, ...loaded };
  });
}
