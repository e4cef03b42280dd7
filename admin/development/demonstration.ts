// The database of the demonstration: embedded, initialised, with its two tenants on the service's port.

import process from "node:process";
import { AdminError } from "../registry/admin-error.ts";
import { addDomain } from "../lifecycle/domain.ts";
import { createDatabase } from "../lifecycle/database/create-database.ts";
import { initialise } from "../lifecycle/database/initialise.ts";
import { findTenantMigrations } from "../migrations/load.ts";
import { type Registry, withRegistry } from "../registry/registry.ts";
import { createTenant } from "../lifecycle/tenant.ts";
import { isPortFree } from "./embedded/port.ts";
import { claimFolder, releaseFolder } from "./embedded/owner.ts";
import { dropDatabase } from "./reset.ts";
import { type EmbeddedServer, startEmbedded } from "./embedded/server.ts";

/** A running database of the demonstration. */
export interface Demonstration {
  /** Where the service connects, as the service role. */
  readonly databaseUrl: string;
  /** Where the verbs connect, as the admin role. */
  readonly adminUrl: string;
  /** True when the tenants existed before, perhaps at an older version. */
  readonly isOld: boolean;
  /** Stops PostgreSQL, unless another process started it; the data stays. */
  stop(): Promise<void>;
}

const DATABASE = "rowhouse";
const SERVICE_ROLE = "rowhouse_service";
// Public, like the data: it opens only the two tenants on this machine.
const SERVICE_PASSWORD = "rowhouse";
const TENANTS = { ip: "127.0.0.1", local: "localhost" };

/** The options of {@link startDemonstration}. */
export interface DemonstrationOptions {
  /** The folder of PostgreSQL's data; created when it is missing. */
  readonly folder: string;
  /** PostgreSQL's port on 127.0.0.1. */
  readonly databasePort: number;
  /** The service's port, which is part of the tenants' hosts. */
  readonly servicePort: number;
  /** The folder with the application's tenant migrations; undefined for those of the example. */
  readonly tenantMigrations: string | undefined;
  /** Drops the database with its tenants first. */
  readonly reset?: boolean;
}

/**
 * Starts the embedded PostgreSQL, and creates what is missing: the database, the registry, the tenants "ip"
 * and "local" with their tables. Existing data stays.
 * @throws {AdminError} when another program listens on the database's port, when another process runs this
 *   folder's PostgreSQL on another port, or when the tenants' migrations are not named
 */
export async function startDemonstration(options: DemonstrationOptions): Promise<Demonstration> {
  const { folder, databasePort } = options;
  findTenantMigrations(options.tenantMigrations);
  const owner = await claimFolder(folder);
  let server: EmbeddedServer | undefined;
  let isOld = false;
  const stop = async (): Promise<void> => {
    if (owner !== process.pid) return;
    await server?.stop();
    await releaseFolder(folder);
  };
  try {
    if (owner !== process.pid && options.reset === true) {
      throw new AdminError(
        `Cannot reset: process ${owner} uses the database; stop that process first`,
      );
    }
    if (owner !== process.pid && (await isPortFree(databasePort))) {
      throw new AdminError(
        `Cannot start PostgreSQL on port ${databasePort}: process ${owner} runs it on another port; ` +
          "stop that process first, or set DEV_DATABASE_PORT to its port",
      );
    }
    server = await startEmbedded({
      folder,
      port: databasePort,
      portVariable: "DEV_DATABASE_PORT",
    });
    if (options.reset === true) await dropDatabase(server.adminUrl, DATABASE);
    isOld = await prepare(urlOf(server), options, owner === process.pid);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    databaseUrl: `postgres://${SERVICE_ROLE}:${SERVICE_PASSWORD}@127.0.0.1:${databasePort}/${DATABASE}`,
    adminUrl: urlOf(server),
    isOld,
    stop,
  };
}

function urlOf({ adminUrl }: EmbeddedServer): string {
  const admin = new URL(adminUrl);
  admin.pathname = `/${DATABASE}`;
  return admin.href;
}

/**
 * @param alone true when this is the only process that serves from this database
 * @returns whether a tenant existed
 */
async function prepare(
  adminUrl: string,
  { servicePort, tenantMigrations }: DemonstrationOptions,
  alone: boolean,
): Promise<boolean> {
  await createDatabase(adminUrl);
  let isOld = false;
  const work = async (registry: Registry): Promise<void> => {
    await initialise(registry, { serviceRole: SERVICE_ROLE });
    await registry.sequelize.query(`alter role ${SERVICE_ROLE} password '${SERVICE_PASSWORD}'`);
    for (const [schemaName, name] of Object.entries(TENANTS)) {
      const created = await ensureTenant(registry, schemaName, `${name}:${servicePort}`, alone);
      isOld ||= !created;
    }
  };
  await withRegistry(adminUrl, work, tenantMigrations);
  return isOld;
}

/**
 * Creates the tenant with `host`, or adds the host; removes an earlier start's hosts when no process uses them.
 * @returns whether it created the tenant
 */
async function ensureTenant(
  registry: Registry,
  schemaName: string,
  host: string,
  alone: boolean,
): Promise<boolean> {
  if ((await registry.Tenant.findByPk(schemaName)) === null) {
    await createTenant(registry, schemaName, [host]);
    return true;
  }
  const domains = await registry.Domain.findAll({ where: { schemaName, database: null } });
  if (!domains.some((domain) => domain.host === host)) await addDomain(registry, host, schemaName);
  const [name] = host.split(":");
  for (const domain of domains) {
    if (alone && domain.host !== host && domain.host.startsWith(`${name}:`)) await domain.destroy();
  }
  return false;
}
