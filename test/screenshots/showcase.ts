// A server with ten thousand tenants of all sizes and states, made with the functions of the verbs.

import { startEmbedded } from "../../admin/development/embedded/server.ts";
import { createTenants } from "../../admin/create-many/create-tenants.ts";
import { migrateTenants } from "../../admin/migrate/migrate-tenants.ts";
import { planMigration } from "../../admin/migrate/plan.ts";
import { loadTenantMigrations } from "../../admin/migrations/ordered.ts";
import { initialise } from "../../admin/lifecycle/database/initialise.ts";
import { type Registry, withRegistry } from "../../admin/registry/registry.ts";
import { runCommands } from "../support/server/commands.ts";
import { findFreePort } from "../support/network/free-port.ts";
import { makeFolder } from "../support/program/run.ts";
import { type NamedTenant, nameTenants } from "./names.ts";

const SERVICE_ROLE = "showcase_service";
const PASSWORD = "showcase";
const AT_ONCE = 6;
const UNLUCKY = new Set([37, 121, 202, 340, 555]);
const WITH_ROWS = 3000;
const LEAST_ROWS = 500;
const MOST_ROWS = 1_500_000;

/** The server. Whoever opened it closes it. */
export interface Showcase {
  readonly adminUrl: string;
  readonly serviceUrl: string;
  /** Those that have rows, under the keys from 1 to 500 at least; the largest first. */
  readonly tenants: readonly NamedTenant[];
  close(): Promise<void>;
}

/** Opens it; it takes a minute or so. */
export async function openShowcase(): Promise<Showcase> {
  const folder = makeFolder("server-");
  const port = await findFreePort();
  const settings = { fsync: "off", synchronous_commit: "off", max_connections: "100" };
  const server = await startEmbedded({ folder, port, settings });
  await runCommands(server.adminUrl, ["create database shop"]);
  const database = new URL(server.adminUrl);
  database.pathname = "/shop";
  const adminUrl = database.href;
  const tenants = shuffle(nameTenants());
  try {
    await runCommands(adminUrl, [
      `create role ${SERVICE_ROLE} login noinherit password '${PASSWORD}'`,
    ]);
    await withRegistry(adminUrl, async (registry) => {
      await initialise(registry, { serviceRole: SERVICE_ROLE });
      const { signal } = new AbortController();
      const lines = tenants.map((tenant, index) => ({ ...tenant, line: index + 1 }));
      await createTenants(registry, lines, { concurrency: AT_ONCE, signal, report: () => {} });
      await runCommands(adminUrl, fillTables(tenants));
      await leaveBehind(registry, adminUrl, tenants);
    });
    await runCommands(adminUrl, STATES);
    await runCommands(adminUrl, ["analyze"]);
  } catch (error) {
    await server.remove();
    throw error;
  }
  const serviceUrl = new URL(adminUrl);
  serviceUrl.username = SERVICE_ROLE;
  serviceUrl.password = PASSWORD;
  return {
    adminUrl,
    serviceUrl: serviceUrl.href,
    tenants: tenants.slice(0, WITH_ROWS),
    async close() {
      await server.remove();
    },
  };
}

/** Sizes as they are in life: a few large ones, many small ones. */
function fillTables(tenants: readonly NamedTenant[]): string[] {
  return tenants.slice(0, WITH_ROWS).map(({ schemaName }, index) => {
    const rows = Math.round(LEAST_ROWS + MOST_ROWS / (index + 3) ** 1.3);
    return `insert into "${schemaName}".data (key, value) select n, n from generate_series(1, ${rows}) as n`;
  });
}

/** Takes two regions' tenants one version back, and has some of them fail on the way forth. */
async function leaveBehind(
  registry: Registry,
  adminUrl: string,
  tenants: readonly NamedTenant[],
): Promise<void> {
  const migrations = await loadTenantMigrations(registry);
  const go = async (list: string, to: number): Promise<void> => {
    const plan = await planMigration(registry, migrations, { tenants: list, to });
    await migrateTenants(registry, migrations, plan, {
      concurrency: AT_ONCE,
      lockTimeoutMs: 1000,
      attempts: 3,
      maxFailures: Infinity,
      report: () => {},
    });
  };
  await go("*_br,*_in", 1);
  const unlucky = tenants
    .map(({ schemaName }) => schemaName)
    .filter((schemaName) => schemaName.endsWith("_br"))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .filter((_, index) => UNLUCKY.has(index));
  await runCommands(
    adminUrl,
    unlucky.map((schemaName) => `alter table "${schemaName}".data add column updated_at date`),
  );
  await go(unlucky.join(","), 2);
}

const STATES = [
  `update rowhouse.tenant set status = 'suspended', status_before = 'active'
     where hashtext(schema_name) % 80 = 0`,
  `update rowhouse.tenant set status = 'read_only' where hashtext(schema_name) % 60 = 1`,
  `update rowhouse.tenant set transition = 'moving', peer = 'db2.example.com/shop'
     where schema_name = 'velvet_robotics_jp'`,
];

/** The same order each time, and none of the alphabet's. */
function shuffle<T>(items: readonly T[]): T[] {
  let seed = 42;
  return items
    .map((item) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return { item, place: seed };
    })
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
