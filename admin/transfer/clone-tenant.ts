// Clones a tenant in the same database.

import type { Displaced } from "../registry/pointer.ts";
import type { Registry } from "../registry/registry.ts";
import { prepareCreation } from "../lifecycle/creation.ts";
import type { Meter } from "../command/meter.ts";
import type { Loaded } from "./rows/load.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** The new tenant. */
export interface CloneOptions {
  /** A schema name that parseSchemaName has checked. */
  readonly schemaName: string;
  /** A host in the registry's form, which parseDomain has checked. */
  readonly hosts: readonly string[];
  /** The pointers that give way to it, as in NewTenant. */
  readonly displaces?: Displaced | undefined;
  /** Copy only the tables, as the migrations make them, without rows. */
  readonly structureOnly?: boolean;
  /** Leave out objects that cannot be copied, instead of refusing. */
  readonly lossy?: boolean;
  readonly meter?: Meter;
}

/** The result of cloning a tenant. */
export interface CloneReport extends Loaded {
  readonly from: string;
  readonly schemaName: string;
  readonly hosts: readonly string[];
  readonly version: number;
  /** The objects that the clone lacks; empty without `lossy`. */
  readonly losses: readonly string[];
}

/**
 * Creates a tenant with the version, the statement timeout, the settings and the rows of another as they are at one moment,
 * while the service serves the other. All or nothing. The rows go from one connection to another: on a cluster, a
 * statement may not touch two tenants.
 * @param from the source's schema
 * @throws {AdminError} when the source does not exist, its schema differs from what its migrations make, or the new
 *   tenant cannot be created
 */
export async function cloneTenant(
  registry: Registry,
  from: string,
  { schemaName, hosts, displaces, structureOnly = false, lossy = false, meter }: CloneOptions,
): Promise<CloneReport> {
  const creation = await prepareCreation(registry);
  // Large, so they are loaded after the first queries.
  const { raiseTenant } = await import("../lifecycle/raise.ts");
  const { loadTenant } = await import("./rows/load.ts");
  const { withSnapshot } = await import("./rows/snapshot.ts");
  const { sourceOf } = await import("./rows/snapshot-source.ts");
  const { findLosses, requireNoLosses } = await import("./shape/rehearsal.ts");
  const action = "clone tenant";
  return withSnapshot(registry, from, { action }, async (snapshot) => {
    const { tables, version, statementTimeoutMs, settings } = snapshot;
    // The tables are locked, so a migration cannot intervene.
    const losses = structureOnly ? [] : await findLosses(registry, from);
    if (!lossy) requireNoLosses(action, from, losses);
    const tenant = { schemaName, hosts, version, statementTimeoutMs, settings, displaces };
    const fill = async (transaction: Transaction): Promise<Loaded> => {
      if (structureOnly) return { tables: tables.length, rows: 0, bytes: 0 };
      meter?.expect(snapshot.bytes);
      const source = { ...sourceOf(snapshot), action, lossy, meter };
      return loadTenant(transaction, schemaName, source);
    };
    const loaded = await raiseTenant(registry, creation, tenant, fill, {
      action,
      source: { verb: "clone-tenant", details: { from, structureOnly } },
    });
    return { from, schemaName, hosts, version, losses, ...loaded };
  });
}
