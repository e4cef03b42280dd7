// A PostgreSQL of a test's own, for what would hurt the others: being ended, and started again.

import type { EmbeddedServer } from "../../../admin/development/embedded/server.ts";
import { prepareDatabase } from "./admin.ts";
import { copyCluster, SERVICE_PASSWORD, SERVICE_ROLE } from "./cluster.ts";
import { runCommands } from "./commands.ts";
import type { TestDatabase } from "../database/database.ts";
import { startTestServer } from "./embedded.ts";
import { findFreePort } from "../network/free-port.ts";
import { type PgBouncer, type PgBouncerOptions, startPgBouncer } from "./pgbouncer.ts";
import { plantPassword } from "../program/printed.ts";

/** A server with a registry in its database "postgres". Whoever opened it removes it. */
export interface OwnServer extends Pick<TestDatabase, "name" | "adminUrl" | "serviceUrl" | "sql"> {
  readonly port: number;
  /** Where its data lies. */
  readonly folder: string;
  /**
   * Starts a PgBouncer before it, whose `serviceUrl` leads here. It comes back soon after the server does.
   * @param options `serverPort` is that of something between the two; `users` are those beside the service role
   */
  startPgBouncer(
    options: Pick<PgBouncerOptions, "poolSize"> & Partial<PgBouncerOptions>,
  ): Promise<PgBouncer & { readonly serviceUrl: string }>;
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
 * @param settings the server's, by name; only the death of the machine would tell that it runs without fsync
 * @param migrations the folder of the tenants' migrations; that of the example when left out
 */
export async function openOwnServer(
  hosts: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string>> = {},
  migrations?: string,
): Promise<OwnServer> {
  const folder = await copyCluster("own-server-");
  const port = await findFreePort();
  const start = (): Promise<EmbeddedServer> =>
    startTestServer({ folder, port, settings: { fsync: "off", ...settings } });
  let server = await start();
  const { adminUrl } = server;
  plantPassword(adminUrl);
  const sql: OwnServer["sql"] = (...commands) => runCommands(adminUrl, commands);
  await prepareDatabase(adminUrl, { serviceRole: SERVICE_ROLE }, hosts, migrations);
  const serviceUrl = new URL(adminUrl);
  serviceUrl.username = SERVICE_ROLE;
  serviceUrl.password = SERVICE_PASSWORD;
  return {
    name: "postgres",
    adminUrl,
    serviceUrl: serviceUrl.href,
    sql,
    port,
    folder,
    async startPgBouncer({ users = {}, settings = {}, ...options }) {
      const pgbouncer = await startPgBouncer({
        serverPort: port,
        users: { [SERVICE_ROLE]: SERVICE_PASSWORD, ...users },
        settings: { server_login_retry: "1", ...settings },
        ...options,
      });
      return Object.assign(pgbouncer, { serviceUrl: pgbouncer.url(SERVICE_ROLE, "postgres") });
    },
    async start() {
      server = await start();
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    remove: () => server.remove(),
  };
}
