// A tenant like another, in the same database.

import type { Registry } from "../registry/registry.ts";
import { createTenantWithin, prepareCreation } from "../lifecycle/tenant.ts";
import { copyOut } from "./copy.ts";
import { type Loaded, loadTenant } from "./load.ts";
import type { Meter } from "../command/meter.ts";
import { withSnapshot } from "./snapshot.ts";
import { readSequences, type Table } from "./structure.ts";
import { clientOf } from "../registry/transaction-client.ts";

/** The tenant that is to be. */
export interface CloneOptions {
  /** Checked by parseSchemaName. */
  readonly schemaName: string;
  /** In the registry's form, checked by parseDomain. */
  readonly hosts: readonly string[];
  /** Tables as the migrations make them, and none of the rows. */
  readonly structureOnly?: boolean;
  readonly meter?: Meter;
}

/** What was made. */
export interface CloneReport extends Loaded {
  readonly from: string;
  readonly schemaName: string;
  readonly hosts: readonly string[];
  readonly version: number;
}

/**
 * Creates a tenant with the version, the statement timeout and the rows of another as they are at one moment,
 * while that is served. All or nothing. The rows go from one connection to another: on a cluster, no statement
 * may touch two tenants.
 * @param from the other's schema
 * @throws {AdminError} when there is no such tenant, its tables are not what its migrations make, or the new
 *   one cannot be created
 */
export async function cloneTenant(
  registry: Registry,
  from: string,
  { schemaName, hosts, structureOnly = false, meter }: CloneOptions,
): Promise<CloneReport> {
  const creation = await prepareCreation(registry);
  const action = "clone tenant";
  return withSnapshot(registry, from, { action }, (snapshot) =>
    registry.sequelize.transaction(async (transaction) => {
      const { client, tables, version, statementTimeoutMs } = snapshot;
      const tenant = { schemaName, hosts, version, statementTimeoutMs };
      await createTenantWithin(registry, transaction, creation, tenant);
      if (!structureOnly) meter?.expect(snapshot.bytes);
      const loaded = structureOnly
        ? { tables: tables.length, rows: 0, bytes: 0 }
        : await loadTenant<Table>(clientOf(transaction), schemaName, {
            action,
            tables,
            meter,
            open: (table) => Promise.resolve(copyOut(client, from, table)),
            sequences: () => readSequences(client, from),
          });
      return { from, schemaName, hosts, version, ...loaded };
    }),
  );
}
