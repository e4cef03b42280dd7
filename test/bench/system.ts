// What is measured: the programs of `systems/` and Rowhouse itself.

import { FLOOR_VALUE, hostOf, schemaOf } from "./names.ts";
import type { BenchStage } from "./stage.ts";
import process from "node:process";
import { asLoop, onProgram, onRuntime, type Start } from "./target.ts";

/** One system under measurement. */
export interface System {
  /** What the tables call it. */
  readonly name: string;
  readonly start: Start;
  /** The value that every answer has; undefined: each tenant's own. */
  readonly constant?: number;
  /** Who it connects as; undefined: it has no database. */
  readonly role?: string;
  /** Its environment, beside DATABASE_URL and PORT. */
  readonly env: Readonly<Record<string, string>>;
}

/** The names of the systems: `as const` for what compares them. */
export const NAMES = {
  node: "Rowhouse on Node",
  deno: "Rowhouse on Deno",
  worker: "Rowhouse on workerd",
  logged: "Rowhouse on Node, log at info",
  tenantKysely: "Rowhouse on Node, Kysely",
  tenantDrizzle: "Rowhouse on Node, Drizzle",
  recipe: "usual recipe",
  sequelize: "Express + Sequelize, `Model.schema()`",
  knex: "Fastify + knex, session `SET`",
  pg: "pg pool, session `SET`",
  kysely: "Kysely on pg, `withSchema()`",
  drizzleOrm: "Drizzle on pg, `pgSchema()`",
  drizzle: "Fastify + drizzle-multitenant",
  http: "floor: HTTP alone",
  driver: "floor: driver alone",
  both: "floor: HTTP and driver in one",
  socket: "floor: sockets alone",
  settings: "floor: driver, settings written out",
} as const;

/** One of {@link NAMES}. */
export type SystemId = keyof typeof NAMES;

/** Roles of the systems that need one of their own: what one leaves on a connection, no other meets. */
export const ROLES: readonly string[] = [
  "bench_sequelize",
  "bench_knex",
  "bench_pg",
  "bench_kysely",
  "bench_drizzle_orm",
  "bench_drizzle",
];

// Nobody writes a log, but for the one system that is called so.
const SILENT = { LOG_LEVEL: "silent" };

/**
 * The systems, by name.
 * @param node the program that runs those on Node which serve HTTP
 */
export function listSystems(
  stage: BenchStage,
  { tenants, keys }: { readonly tenants: number; readonly keys: number },
  node: string = process.execPath,
): Readonly<Record<SystemId, System>> {
  const onNode = (entry: string): Start => onProgram(node, entry);
  const numbers = Array.from({ length: tenants }, (_, index) => index + 1);
  const hosts = Object.fromEntries(numbers.map((number) => [hostOf(number), schemaOf(number)]));
  const other = { HOSTS: JSON.stringify(hosts) };
  const loop = {
    TENANTS: String(tenants),
    KEYS: String(keys),
    ROLE_PREFIX: stage.rolePrefix,
  };
  const role = stage.serviceRole;
  return {
    node: { name: NAMES.node, start: onNode("../../src/node.js"), role, env: SILENT },
    deno: { name: NAMES.deno, start: onRuntime("deno"), role, env: SILENT },
    worker: { name: NAMES.worker, start: onRuntime("worker"), role, env: SILENT },
    logged: {
      name: NAMES.logged,
      start: onNode("../../src/node.js"),
      role,
      env: { LOG_LEVEL: "info" },
    },
    tenantKysely: {
      name: NAMES.tenantKysely,
      start: onNode("./systems/rowhouse-kysely.js"),
      role,
      env: SILENT,
    },
    tenantDrizzle: {
      name: NAMES.tenantDrizzle,
      start: onNode("./systems/rowhouse-drizzle.js"),
      role,
      env: SILENT,
    },
    recipe: {
      name: NAMES.recipe,
      start: onNode("./systems/recipe.js"),
      role: stage.recipeRole,
      env: other,
    },
    sequelize: {
      name: NAMES.sequelize,
      start: onNode("./systems/express-sequelize.js"),
      role: "bench_sequelize",
      env: { ...other, NODE_ENV: "production" },
    },
    knex: {
      name: NAMES.knex,
      start: onNode("./systems/fastify-knex.js"),
      role: "bench_knex",
      env: other,
    },
    pg: { name: NAMES.pg, start: onNode("./systems/pg-session.js"), role: "bench_pg", env: other },
    kysely: {
      name: NAMES.kysely,
      start: onNode("./systems/kysely-own.js"),
      role: "bench_kysely",
      env: other,
    },
    drizzleOrm: {
      name: NAMES.drizzleOrm,
      start: onNode("./systems/drizzle-own.js"),
      role: "bench_drizzle_orm",
      env: other,
    },
    drizzle: {
      name: NAMES.drizzle,
      start: onNode("./systems/drizzle-multitenant.js"),
      role: "bench_drizzle",
      env: other,
    },
    http: {
      name: NAMES.http,
      start: onNode("./systems/floors/floor-http.js"),
      constant: FLOOR_VALUE,
      env: {},
    },
    driver: {
      name: NAMES.driver,
      start: asLoop("./systems/floors/floor-driver.js"),
      role,
      env: loop,
    },
    both: { name: NAMES.both, start: onNode("./systems/floors/floor-both.js"), role, env: {} },
    socket: {
      name: NAMES.socket,
      start: asLoop("./systems/floors/floor-socket.js"),
      role,
      env: loop,
    },
    settings: {
      name: NAMES.settings,
      start: asLoop("./systems/floors/floor-settings.js"),
      role,
      env: loop,
    },
  };
}
