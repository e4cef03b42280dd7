// A PostgreSQL of a test's own, for what would hurt the others: being ended, and started again.

import { type EmbeddedServer, startEmbedded } from "../../admin/development/embedded/server.ts";
import { initialise } from "../../admin/lifecycle/initialise.ts";
import { withRegistry } from "../../admin/registry/registry.ts";
import { createTenant } from "../../admin/lifecycle/tenant.ts";
import { runCommands } from "./commands.ts";
import type { TestDatabase } from "./database.ts";
import { findFreePort } from "./free-port.ts";
import { plantPassword } from "./printed.ts";
import { makeFolder } from "./run.ts";
import { SERVICE_PASSWORD, SERVICE_ROLE } from "./server.ts";

/** A server with a registry in its database "postgres". Whoever opened it removes it. */
export interface OwnServer extends Pick<TestDatabase, "name" | "adminUrl" | "serviceUrl" | "sql"> {
  readonly port: number;
  /** Starts it again, on the same port and data. */
  start(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Starts a server and creates tenants, host by schema.
 * @param settings the server's, by name
 */
export async function openOwnServer(
  hosts: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string>> = {},
): Promise<OwnServer> {
  const folder = makeFolder("own-server-");
  const port = await findFreePort();
  const start = (): Promise<EmbeddedServer> => startEmbedded({ folder, port, settings });
  let server = await start();
  const { adminUrl } = server;
  plantPassword(adminUrl);
  const sql: OwnServer["sql"] = (...commands) => runCommands(adminUrl, commands);
  await sql(`create role ${SERVICE_ROLE} login noinherit password '${SERVICE_PASSWORD}'`);
  await withRegistry(adminUrl, async (registry) => {
    await initialise(registry, { serviceRole: SERVICE_ROLE });
    for (const [schemaName, host] of Object.entries(hosts)) {
      await createTenant(registry, schemaName, [host]);
    }
  });
  const serviceUrl = new URL(adminUrl);
  serviceUrl.username = SERVICE_ROLE;
  serviceUrl.password = SERVICE_PASSWORD;
  return {
    name: "postgres",
    adminUrl,
    serviceUrl: serviceUrl.href,
    sql,
    port,
    async start() {
      server = await start();
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    remove: () => server.remove(),
  };
}
