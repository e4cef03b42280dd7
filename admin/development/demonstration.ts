// The database of the demonstration: embedded, initialised, with its two tenants on the service's port.

import process from "node:process";
import { AdminError } from "../registry/admin-error.ts";
import { addDomain } from "../lifecycle/domain.ts";
import { createDatabase } from "../lifecycle/create-database.ts";
import { initialise } from "../lifecycle/initialise.ts";
import { type Registry, withRegistry } from "../registry/registry.ts";
import { createTenant } from "../lifecycle/tenant.ts";
import { isPortFree } from "./embedded/port.ts";
import { claimFolder, releaseFolder } from "./embedded/owner.ts";
import { type EmbeddedServer, startEmbedded } from "./embedded/server.ts";

/** A running database of the demonstration. */
export interface Demonstration {
  /** Where the service connects, as the service role. */
  readonly databaseUrl: string;
  /** Stops PostgreSQL, unless another process started it; the data stays. */
  stop(): Promise<void>;
}

const DATABASE = "rowhouse";
const SERVICE_ROLE = "rowhouse_service";
// Known to everybody, like the data: it opens nothing but the two tenants, on this machine.
const SERVICE_PASSWORD = "rowhouse";
const TENANTS = { ip: "127.0.0.1", local: "localhost" };

/**
 * Starts the embedded PostgreSQL with its data in `folder`, and makes what is missing: the database,
 * the registry, the tenants "ip" and "local" at `servicePort`. What is there stays.
 * @throws {PortInUseError} when another program listens on `databasePort`
 * @throws {AdminError} when another process has this folder's PostgreSQL running at another port
 */
export async function startDemonstration(
  folder: string,
  databasePort: number,
  servicePort: number,
): Promise<Demonstration> {
  const owner = await claimFolder(folder);
  let server: EmbeddedServer | undefined;
  const stop = async (): Promise<void> => {
    if (owner !== process.pid) return;
    await server?.stop();
    await releaseFolder(folder);
  };
  try {
    if (owner !== process.pid && (await isPortFree(databasePort))) {
      throw new AdminError(
        `Cannot start PostgreSQL on port ${databasePort}: process ${owner} has it running at another; ` +
          "stop that one first, or use its DEV_DATABASE_PORT",
      );
    }
    server = await startEmbedded({
      folder,
      port: databasePort,
      portVariable: "DEV_DATABASE_PORT",
    });
    await prepare(server.adminUrl, servicePort, owner === process.pid);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    databaseUrl: `postgres://${SERVICE_ROLE}:${SERVICE_PASSWORD}@127.0.0.1:${databasePort}/${DATABASE}`,
    stop,
  };
}

/** @param alone whether nobody else serves from this database, at another port */
async function prepare(serverUrl: string, servicePort: number, alone: boolean): Promise<void> {
  const admin = new URL(serverUrl);
  admin.pathname = `/${DATABASE}`;
  await createDatabase(admin.href);
  await withRegistry(admin.href, async (registry) => {
    await initialise(registry, { serviceRole: SERVICE_ROLE });
    await registry.sequelize.query(`alter role ${SERVICE_ROLE} password '${SERVICE_PASSWORD}'`);
    for (const [schemaName, name] of Object.entries(TENANTS)) {
      await ensureTenant(registry, schemaName, `${name}:${servicePort}`, alone);
    }
  });
}

/** Sees to it that the tenant has `host`, and no host of an earlier start when nobody uses those. */
async function ensureTenant(
  registry: Registry,
  schemaName: string,
  host: string,
  alone: boolean,
): Promise<void> {
  if ((await registry.Tenant.findByPk(schemaName)) === null) {
    await createTenant(registry, schemaName, [host]);
    return;
  }
  const domains = await registry.Domain.findAll({ where: { schemaName } });
  if (!domains.some((domain) => domain.host === host)) await addDomain(registry, host, schemaName);
  const [name] = host.split(":");
  for (const domain of domains) {
    if (alone && domain.host !== host && domain.host.startsWith(`${name}:`)) await domain.destroy();
  }
}
