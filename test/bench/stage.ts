// What the systems under measurement share: a PostgreSQL of the benchmark's own, a PgBouncer before
// it, and tenants with data. Everything that was opened is put into `openings`, also when a later step
// fails, and lies in temporary folders.

import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { findPostmaster, killPostmaster } from "../../admin/development/embedded/postmaster.ts";
import { type EmbeddedServer, startEmbedded } from "../../admin/development/embedded/server.ts";
import { createTenants } from "../../admin/create-many/create-tenants.ts";
import { initialise } from "../../admin/lifecycle/initialise.ts";
import { withRegistry } from "../../admin/registry/registry.ts";
import { readRolePrefix } from "../../admin/registry/tenant-role.ts";
import { findFreePort } from "../support/free-port.ts";
import { type PgBouncer, startPgBouncer } from "../support/pgbouncer.ts";
import { redirect } from "../support/redirect.ts";
import { hostOf, schemaOf, valueOf } from "./names.ts";
import type { Openings } from "./part.ts";

const DATABASE = "bench";
const SERVICE_ROLE = "bench_service";
const RECIPE_ROLE = "bench_recipe";
/** Server connections of each role at PgBouncer. */
export const POOL_SIZE = 16;
// A pool for each of 200 tenants, beside the pools of the others.
const MAX_CONNECTIONS = 500;
// Tenants at once while they are created, and in one transaction while they are filled: the locks of a
// transaction have a bound, https://www.postgresql.org/docs/current/runtime-config-locks.html
const CONCURRENCY = 4;
const BATCH = 200;
const STOP_TIMEOUT_MS = 10_000;

/** What {@link openStage} needs to know. */
export interface StageOptions {
  readonly tenants: number;
  readonly keys: number;
  /** Further roles that may do what the recipe's may, each with connections of its own. */
  readonly roles?: readonly string[];
  readonly openings: Openings;
  readonly signal: AbortSignal;
}

/** A stage that is set. */
export interface Stage {
  readonly pgbouncer: PgBouncer;
  /** Straight to PostgreSQL, as its admin. */
  readonly adminUrl: string;
  /** Through PgBouncer: the role that may only enter tenants. */
  readonly serviceUrl: string;
  /** Through PgBouncer: a role that may read and write every tenant's tables, as the recipe needs. */
  readonly recipeUrl: string;
  /** The role that may only enter tenants. */
  readonly serviceRole: string;
  /** The role of {@link Stage.recipeUrl}. */
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
export async function openStage(options: StageOptions): Promise<Stage> {
  const { openings, signal } = options;
  const { adminUrl, port, postmaster } = await openServer(openings);
  const url = new URL(adminUrl);
  url.pathname = `/${DATABASE}`;
  const names = [SERVICE_ROLE, RECIPE_ROLE, ...(options.roles ?? [])];
  const users = Object.fromEntries(names.map((name) => [name, password()]));
  await runAsAdmin(adminUrl, [
    ...names.map((name) => `create role ${name} login password '${users[name]}'`),
    `alter role ${SERVICE_ROLE} noinherit`,
    ...(options.roles ?? []).map((name) => `grant ${RECIPE_ROLE} to ${name}`),
    `create database ${DATABASE}`,
  ]);
  const rolePrefix = await addTenants(url.href, options);
  await runAsAdmin(url.href, fillScripts(options));

  signal.throwIfAborted();
  const pgbouncer = await startPgBouncer({ serverPort: port, users, poolSize: POOL_SIZE });
  openings.push(() => pgbouncer.stop());
  const urlOf = (role: string, way: Way): string => {
    const pooled = pgbouncer.url(role, DATABASE);
    return way === "pooled" ? pooled : redirect(pooled, port);
  };
  return {
    pgbouncer,
    adminUrl: url.href,
    serviceUrl: urlOf(SERVICE_ROLE, "pooled"),
    recipeUrl: urlOf(RECIPE_ROLE, "pooled"),
    serviceRole: SERVICE_ROLE,
    recipeRole: RECIPE_ROLE,
    rolePrefix,
    url: urlOf,
    postmaster,
  };
}

async function openServer(
  openings: Openings,
): Promise<EmbeddedServer & { readonly postmaster: number }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "rowhouse-bench-")));
  const dataFolder = join(folder, "data");
  openings.push(async () => {
    await killPostmaster(dataFolder, STOP_TIMEOUT_MS);
    await rm(folder, { recursive: true, force: true });
  });
  // PostgreSQL's own user can enter it, so all of the server's files lie in it.
  await chmod(folder, 0o755);
  const server = await startEmbedded({
    folder,
    port: await findFreePort(),
    settings: { max_connections: String(MAX_CONNECTIONS) },
  });
  openings.push(() => server.stop());
  return { ...server, postmaster: (await findPostmaster(dataFolder))?.pid ?? 0 };
}

/** @returns what stands before a schema in the name of its tenant's role */
function addTenants(url: string, { tenants, signal }: StageOptions): Promise<string> {
  const lines = Array.from({ length: tenants }, (_, index) => {
    const number = index + 1;
    return { line: number, schemaName: schemaOf(number), hosts: [hostOf(number)] };
  });
  return withRegistry(url, async (registry) => {
    await initialise(registry, { serviceRole: SERVICE_ROLE });
    const pace = { concurrency: CONCURRENCY, signal, report: () => {} };
    const { added } = await createTenants(registry, lines, pace);
    signal.throwIfAborted();
    if (added < tenants) throw new Error(`Cannot set the stage: ${added} of ${tenants} tenants`);
    return registry.sequelize.transaction(readRolePrefix);
  });
}

/** Gives every tenant its rows, and the recipe's role what the recipe needs. */
function fillScripts({ tenants, keys }: StageOptions): readonly string[] {
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

/** Runs commands one after the other as the admin. */
async function runAsAdmin(url: string, commands: readonly string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const command of commands) await client.query(command);
  } finally {
    await client.end();
  }
}

function password(): string {
  return randomBytes(16).toString("hex");
}
