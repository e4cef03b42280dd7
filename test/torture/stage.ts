// What is tortured: two durable PostgreSQL servers, home and eu, PgBouncer in transaction mode before home, two services
// as programs, and a network between them that can fail. One service goes to home through the pooler, the other straight
// to PostgreSQL; the verbs go to PostgreSQL past all of it.

import { fileURLToPath } from "node:url";
import { type FaultProxy, openFaultProxy } from "../support/network/fault-proxy.ts";
import { type OwnServer, openOwnServer } from "../support/server/own-server.ts";
import type { PgBouncer } from "../support/server/pgbouncer.ts";
import { redirect } from "../support/network/redirect.ts";
import type { VerbSettings } from "../support/program/verb.ts";
import { type Program, startProgram } from "./program.ts";

/** A database's name. */
export type Place = "home" | "eu";

/** All of it. Whoever opened it closes it. */
export interface TortureStage {
  readonly servers: Readonly<Record<Place, OwnServer>>;
  /** What the verbs are run with. */
  readonly verbs: VerbSettings;
  /** Between the first service and PgBouncer, and between each PostgreSQL and its clients. */
  readonly proxies: readonly [FaultProxy, FaultProxy, FaultProxy];
  readonly services: readonly Program[];
  /** Ends PgBouncer, in order or as a crash would. */
  endPgBouncer(way: "stop" | "kill"): Promise<void>;
  /** Starts it again; to the service it is where it was. */
  startPgBouncer(): Promise<void>;
  /** Ends the services: no message is under way any more when this returns. */
  endServices(): Promise<void>;
  close(): Promise<void>;
}

const SERVER_CONNECTIONS = 8;
const DURABLE = { fsync: "on", synchronous_commit: "on" };
const MIGRATIONS = fileURLToPath(new URL("migrations", import.meta.url));
const ENVIRONMENT = {
  DATABASE_CONNECTIONS: "12",
  REQUEST_TIMEOUT_MS: "4000",
  CONNECT_TIMEOUT_MS: "2000",
};

/** Opens it all, with tenants at home, host by schema. */
export async function openTortureStage(
  hosts: Readonly<Record<string, string>>,
): Promise<TortureStage> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await closer();
  };
  try {
    const open = async (tenants: typeof hosts): Promise<readonly [OwnServer, FaultProxy]> => {
      const server = await openOwnServer(tenants, DURABLE, MIGRATIONS);
      closers.push(() => server.remove());
      const proxy = await openFaultProxy(server.port);
      closers.push(() => proxy.close());
      return [server, proxy];
    };
    const [[home, near], [eu, beyond]] = await Promise.all([open(hosts), open({})]);
    const start = (): Promise<PgBouncer> =>
      home.startPgBouncer({ serverPort: near.port, poolSize: SERVER_CONNECTIONS });
    let pgbouncer = await start();
    closers.push(() => pgbouncer.stop());
    const far = await openFaultProxy(pgbouncer.port);
    closers.push(() => far.close());
    const services: Program[] = [];
    for (const { port } of [far, near]) {
      const env = { ...ENVIRONMENT, DATABASE_URL_EU: redirect(eu.serviceUrl, beyond.port) };
      services.push(await startProgram(redirect(home.serviceUrl, port), env));
    }
    let ended: Promise<unknown> | undefined;
    const endServices = async (): Promise<void> => {
      ended ??= Promise.all(services.map((service) => service.stop()));
      await ended;
    };
    closers.push(endServices);
    return {
      servers: { home, eu },
      verbs: {
        adminUrl: home.adminUrl,
        env: { ADMIN_DATABASE_URL_EU: eu.adminUrl, TENANT_MIGRATIONS: MIGRATIONS },
      },
      proxies: [far, near, beyond],
      services,
      endPgBouncer: (way) => pgbouncer[way](),
      async startPgBouncer() {
        pgbouncer = await start();
        far.targetPort = pgbouncer.port;
      },
      endServices,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
