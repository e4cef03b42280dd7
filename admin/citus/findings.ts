// What the doctor and status say of a Citus cluster. Pure.

import { formatCount } from "../print/count.ts";
import type { Cluster, Worker } from "./cluster.ts";

/** A finding, as the doctor shows it. */
export interface ClusterFinding {
  readonly level: "ok" | "warn" | "unsafe";
  readonly check: string;
  readonly seen: string;
  readonly advice?: string;
}

const CHECK = "Citus";
const MOST_NAMES = 5;

/** Judges a cluster: what is in order comes first, and alone when nothing else is found. */
export function judgeCluster(cluster: Cluster): readonly ClusterFinding[] {
  const { version, groupId, workers } = cluster;
  if (groupId !== 0) {
    return [
      {
        level: "unsafe",
        check: CHECK,
        seen: `this node is worker ${groupId}, and the registry is on the coordinator`,
        advice: "let ADMIN_DATABASE_URL and DATABASE_URL lead to the coordinator",
      },
    ];
  }
  const answering = workers.filter(({ problem }) => problem === undefined).length;
  return [
    {
      level: "ok",
      check: CHECK,
      seen: `this is the coordinator, with Citus ${version}; ${formatCount(answering, "worker")} answered`,
    },
    ...findLocal(cluster),
    ...findSilent(cluster),
    ...findFull(cluster),
    ...findDirect(workers),
    ...findRoles(cluster),
  ];
}

/** The problems of a cluster, a line for each. */
export function clusterProblems(cluster: Cluster): readonly string[] {
  return judgeCluster(cluster).flatMap(({ level, seen, advice = "" }) =>
    level === "ok" ? [] : [`${seen}; ${advice}`],
  );
}

function warn(seen: string, advice: string): ClusterFinding {
  return { level: "warn", check: CHECK, seen, advice };
}

function findLocal({ local }: Cluster): readonly ClusterFinding[] {
  const [first] = local;
  if (first === undefined) return [];
  return [
    warn(
      `${formatCount(local.length, "tenant")} ${local.length === 1 ? "has" : "have"} all rows on the coordinator: ${few(local)}`,
      `run select citus_schema_distribute('${first}') for each, at a quiet hour: it copies the rows under locks`,
    ),
  ];
}

function findSilent({ workers, disabled, problem }: Cluster): readonly ClusterFinding[] {
  const until = "until then its tenants get 503, and no verb can create, change or drop a table";
  return [
    ...workers.flatMap(({ name, problem: reason }) =>
      reason === undefined
        ? []
        : [warn(`worker ${name} does not answer: ${reason}`, `start it again; ${until}`)],
    ),
    ...(problem === undefined
      ? []
      : [warn(`the workers did not answer in time: ${problem}`, `see which is frozen; ${until}`)]),
    ...(disabled.length === 0
      ? []
      : [
          warn(
            `${formatCount(disabled.length, "node")} ${disabled.length === 1 ? "is" : "are"} out of use: ${few(disabled)}`,
            "put them back with citus_activate_node, or move their schemas away and remove them",
          ),
        ]),
  ];
}

/** Each connection of the coordinator keeps one to each worker, for each role. */
function findFull({ workers, clients, tenants, tenantRoles }: Cluster): readonly ClusterFinding[] {
  const needed = clients * (tenantRoles ? Math.max(1, tenants) : 1);
  return workers.flatMap(({ name, problem, maxConnections }) =>
    problem !== undefined || needed <= maxConnections
      ? []
      : [
          warn(
            `worker ${name} accepts ${maxConnections} connections, and the coordinator may open ${needed}`,
            "raise max_connections of the worker above that, or set citus.max_client_connections on the " +
              "coordinator to the number of connections of your poolers",
          ),
        ],
  );
}

function findDirect(workers: readonly Worker[]): readonly ClusterFinding[] {
  return workers.flatMap(({ name, directSessions }) =>
    directSessions === 0
      ? []
      : [
          warn(
            `${formatCount(directSessions, "session")} of the service role lead to worker ${name}, not to the coordinator`,
            "let DATABASE_URL of each service lead to the coordinator: a worker does not have the registry",
          ),
        ],
  );
}

function findRoles({ tenantRoles }: Cluster): readonly ClusterFinding[] {
  if (!tenantRoles) return [];
  return [
    warn(
      "each tenant has a role of its own, for which a connection of the coordinator keeps another one to a worker",
      "keep tenants times connections below max_connections of the workers, or start again in a new database with " +
        "init-db --no-tenant-roles",
    ),
  ];
}

function few(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  return `${names.slice(0, MOST_NAMES).join(", ")}${more}`;
}
