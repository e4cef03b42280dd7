// The checks before a registry is made on Citus: the version, that the node is the coordinator, and that the database is
// one of the cluster.

import { AdminError } from "../registry/admin-error.ts";
import { query, readRows, type Registry } from "../registry/registry.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

interface Node {
  readonly version: string;
  /** 0 on the coordinator. */
  readonly groupId: number;
  /** Whether the version knows schema-based sharding. */
  readonly isNewEnough: boolean;
}

/**
 * Refuses a node that cannot have the registry. Call it only on Citus.
 * @throws {AdminError} on a worker, and before version 12
 */
export async function requireCoordinator(transaction: Transaction): Promise<void> {
  const [node] = await query<Node>(
    transaction,
    `select extversion as version, coalesce((select groupid from pg_catalog.pg_dist_local_group), 0) as "groupId",
       to_regclass('pg_catalog.pg_dist_schema') is not null as "isNewEnough"
       from pg_catalog.pg_extension where extname = 'citus'`,
  );
  if (node === undefined) return;
  const { version, groupId, isNewEnough } = node;
  if (groupId !== 0) {
    throw new AdminError(
      `Cannot initialise: this node is worker ${groupId} of a Citus cluster, and only the coordinator creates schemas ` +
        "for tenants; let ADMIN_DATABASE_URL and DATABASE_URL lead to the coordinator",
    );
  }
  if (!isNewEnough) {
    throw new AdminError(
      `Cannot initialise: Citus is "${version}", must be 12 or newer to have a node for each schema; update it, and run ` +
        "alter extension citus update",
    );
  }
}

/**
 * Refuses to create a database on a server that has loaded Citus: it would lack the extension, and the other nodes would
 * lack the database, so that every tenant would stay on this node.
 * @param registry of any database of the server
 * @throws {AdminError} when the database does not exist and the server has Citus
 */
export async function refuseCreation(registry: Registry, database: string): Promise<void> {
  const rows = await readRows(
    registry,
    `select where current_setting('citus.shard_count', true) is not null
       and not exists (select from pg_catalog.pg_database where datname = $1)`,
    [database],
  );
  if (rows.length === 0) return;
  throw new AdminError(
    `Cannot create database "${database}": the server has Citus, and every node of a cluster needs the database; ` +
      "create it and the extension citus in it on each node, and run init-db without --create",
  );
}
