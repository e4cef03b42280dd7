// What the systems under measurement share: a PostgreSQL of the benchmark's own, a PgBouncer before
// it, and tenants with data. Everything that was opened is put into `openings`, also when a later step
// fails.

import { randomBytes } from "node:crypto";
import { createTenants } from "../../admin/create-many/create-tenants.ts";
import { withRegistry } from "../../admin/registry/registry.ts";
import { readRolePrefix } from "../../admin/registry/roles/tenant-role.ts";
import { openOwnServer } from "../support/server/own-server.ts";
import type { PgBouncer } from "../support/server/pgbouncer.ts";
import { redirect } from "../support/network/redirect.ts";
import { POSTMASTER, SERVICE_ROLE } from "../support/server/server.ts";
import { hostOf, schemaOf, valueOf } from "./names.ts";
import type { Openings } from "./part.ts";

const RECIPE_ROLE = "bench_recipe";
/** Server connections of each role at PgBouncer. */
export const POOL_SIZE = 16;
// A pool for each of 200 tenants, beside the pools of the others.
const MAX_CONNECTIONS = 500;
// Tenants at once while they are created, and in one transaction while they are filled: the locks of a
// transaction have a bound, https://www.postgresql.org/docs/current/runtime-config-locks.html
const CONCURRENCY = 4;
const BATCH = 200;

/** What {@link openBenchStage} needs to know. */
export interface BenchStageOptions {
  readonly tenants: number;
  readonly keys: number;
  /** Further roles that may do what the recipe's may, each with connections of its own. */
  readonly roles?: readonly string[];
  readonly openings: Openings;
  readonly signal: AbortSignal;
}

/** A stage that is set. */
export interface BenchStage {
  readonly pgbouncer: PgBouncer;
  /** Straight to PostgreSQL, as its admin. */
  readonly adminUrl: string;
  /** Through PgBouncer: the role that may only enter tenants. */
  readonly serviceUrl: string;
  /** Through PgBouncer: a role that may read and write every tenant's tables, as the recipe needs. */
  readonly recipeUrl: string;
  /** The role that may only enter tenants. */
  readonly serviceRole: string;
  /** The role of {@link BenchStage.recipeUrl}. */
  readonly recipeRole: string;
  /** What stands before a schema in the name of its tenant's role. */
  readonly rolePrefix: string;
  /** The way of one of the stage's roles: through PgBouncer, or straight to PostgreSQL. */
  url(role: string, way: Way): string;
  /** PostgreSQL's first process, the parent of all that serve connections. */
  readonly postmaster: number;
}

/** How a system reaches PostgreSQL. */
export type Way = "pooled" | "direct";

/** Sets the stage; `signal` stops it between two steps. */
export async function openBenchStage(options: BenchStageOptions): Promise<BenchStage> {
  const { openings, signal, roles = [] } = options;
  const server = await openOwnServer({}, { fsync: "on", max_connections: String(MAX_CONNECTIONS) });
  openings.push(() => server.remove());
  const others = [RECIPE_ROLE, ...roles];
  const users = Object.fromEntries(others.map((name) => [name, randomBytes(16).toString("hex")]));
  await server.sql(
    ...others.map((name) => `create role ${name} login password '${users[name]}'`),
    ...roles.map((name) => `grant ${RECIPE_ROLE} to ${name}`),
  );
  const rolePrefix = await addTenants(server.adminUrl, options);
  await server.sql(...fillScripts(options));

  signal.throwIfAborted();
  const pgbouncer = await server.startPgBouncer({ users, poolSize: POOL_SIZE });
  openings.push(() => pgbouncer.stop());
  const urlOf = (role: string, way: Way): string => {
    const pooled = pgbouncer.url(role, server.name);
    return way === "pooled" ? pooled : redirect(pooled, server.port);
  };
  const [first] = await server.sql<{ pid: number }>(POSTMASTER);
  return {
    pgbouncer,
    adminUrl: server.adminUrl,
    serviceUrl: urlOf(SERVICE_ROLE, "pooled"),
    recipeUrl: urlOf(RECIPE_ROLE, "pooled"),
    serviceRole: SERVICE_ROLE,
    recipeRole: RECIPE_ROLE,
    rolePrefix,
    url: urlOf,
    postmaster: first?.pid ?? 0,
  };
}

/** @returns what stands before a schema in the name of its tenant's role */
function addTenants(url: string, { tenants, signal }: BenchStageOptions): Promise<string> {
  const lines = Array.from({ length: tenants }, (_, index) => {
    const number = index + 1;
    return { line: number, schemaName: schemaOf(number), hosts: [hostOf(number)] };
  });
  return withRegistry(url, async (registry) => {
    const pace = { concurrency: CONCURRENCY, signal, report: () => {} };
    const { added } = await createTenants(registry, lines, pace);
    signal.throwIfAborted();
    if (added < tenants) throw new Error(`Cannot set the stage: ${added} of ${tenants} tenants`);
    return registry.sequelize.transaction(readRolePrefix);
  });
}

/** Gives every tenant its rows, and the recipe's role what the recipe needs. */
function fillScripts({ tenants, keys }: BenchStageOptions): readonly string[] {
  const commands = Array.from({ length: tenants }, (_, index) => {
    const schema = schemaOf(index + 1);
    return `
      insert into ${schema}.data (key, value)
        select key, ${valueOf(index + 1, 0)} + key from generate_series(1, ${keys}) as key;
      analyze ${schema}.data;
      grant usage on schema ${schema} to ${RECIPE_ROLE};
      grant select, insert, update, delete on ${schema}.data to ${RECIPE_ROLE};`;
  });
  return Array.from({ length: Math.ceil(tenants / BATCH) }, (_, index) => {
    const batch = commands.slice(index * BATCH, (index + 1) * BATCH);
    return `do $$ begin ${batch.join("")} end $$`;
  });
}
