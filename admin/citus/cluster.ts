// Reads the state of a Citus cluster: its nodes, what they answer, and the tenants that are on no node. Every read ends
// in a few seconds, whatever state a worker is in.

import type { QueryConfig } from "pg";
import { withClient } from "../registry/connection/client.ts";
import { databaseMessage } from "../registry/database-code.ts";
import { readRows, type Registry } from "../registry/registry.ts";
import { IS_CITUS } from "./sql.ts";

/** A worker, and its answer. */
export interface Worker {
  /** Such as `worker-1:5432`. */
  readonly name: string;
  /** Why it did not answer; undefined when it did. */
  readonly problem?: string;
  readonly maxConnections: number;
  /** The sessions of the service role that do not come from the coordinator. */
  readonly directSessions: number;
}

/** The state of a cluster, as its coordinator sees it. */
export interface Cluster {
  readonly version: string;
  /** The node of this connection: 0 is the coordinator. */
  readonly groupId: number;
  readonly tenantRoles: boolean;
  readonly tenants: number;
  /** The largest number of clients that the coordinator accepts. */
  readonly clients: number;
  /** Tenants whose schema is a plain one, so that its tables are on the coordinator. */
  readonly local: readonly string[];
  /** Nodes that were taken out of use, such as `worker-2:5432`. */
  readonly disabled: readonly string[];
  readonly workers: readonly Worker[];
  /** Why the workers could not be asked; undefined when they were. */
  readonly problem?: string | undefined;
}

/**
 * Reads the state of the cluster.
 * @param answerMs how long all workers together may take
 * @returns undefined on a server without Citus
 */
export async function readCluster(
  registry: Registry,
  answerMs: number = ANSWER_MS,
): Promise<Cluster | undefined> {
  const [server] = await readRows<{ citus: boolean }>(registry, `select ${IS_CITUS} as citus`);
  if (server?.citus !== true) return undefined;
  const [facts] = await readRows<Omit<Cluster, "workers">>(registry, FACTS);
  if (facts === undefined) throw new Error("Cannot read the cluster: its catalog is empty");
  try {
    return { ...facts, workers: await askWorkers(registry, answerMs) };
  } catch (error) {
    return { ...facts, workers: [], problem: databaseMessage(error) };
  }
}

// A schema before version 12 is never distributed, and init-db refuses such a version.
const FACTS = `
  select (select extversion from pg_catalog.pg_extension where extname = 'citus') as version,
    coalesce((select groupid from pg_catalog.pg_dist_local_group), 0) as "groupId",
    (select tenant_roles from rowhouse.installation) as "tenantRoles",
    (select count(*)::int from rowhouse.tenant) as tenants,
    least(current_setting('max_connections')::int,
      nullif(current_setting('citus.max_client_connections', true)::int, -1)) as clients,
    array(select t.schema_name from rowhouse.tenant as t
        join pg_catalog.pg_namespace as n on n.nspname = t.schema_name
       where t.transition is null
         and not exists (select from pg_catalog.pg_dist_schema as s where s.schemaid = n.oid)
       order by t.schema_name) as local,
    array(select nodename || ':' || nodeport from pg_catalog.pg_dist_node
       where not isactive and noderole = 'primary' order by nodename, nodeport) as disabled`;

const CONNECT_MS = 2000;
const ANSWER_MS = 4000;

// One row and one column are all that a worker can give back. Citus names its own sessions.
const QUESTION = `
  select current_setting('max_connections') || ' ' || count(*) from pg_catalog.pg_stat_activity
   where datname = current_database() and usename = %L and application_name !~ '^citus'`;

interface Answer {
  readonly name: string;
  readonly success: boolean;
  readonly result: string | null;
}

/** Asks each worker on a connection of its own, because a worker that is frozen would hold one of the registry's. */
async function askWorkers(registry: Registry, answerMs: number): Promise<readonly Worker[]> {
  const [row] = await readRows<{ question: string }>(
    registry,
    `select format($1, service_role) as question from rowhouse.installation`,
    [QUESTION],
  );
  return withClient(registry, async (client) => {
    await client.query(`set citus.node_connection_timeout = ${CONNECT_MS}`);
    // The types of pg lack the timeout of one query.
    const question: QueryConfig & { readonly query_timeout: number } = {
      text: `select nodename || ':' || nodeport as name, success, result
        from pg_catalog.run_command_on_workers($1) order by 1`,
      values: [row?.question ?? ""],
      query_timeout: answerMs,
    };
    const { rows } = await client.query<Answer>(question);
    return rows.map(toWorker);
  });
}

function toWorker({ name, success, result }: Answer): Worker {
  const [maxConnections = 0, directSessions = 0] = (success ? (result ?? "") : "")
    .split(" ")
    .map(Number);
  const worker = { name, maxConnections, directSessions };
  return success ? worker : { ...worker, problem: result ?? "it does not answer" };
}
