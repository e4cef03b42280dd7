// What is tortured: a durable PostgreSQL of its own, PgBouncer in transaction mode, two services as programs,
// and a network between them that can fail. One service goes through the pooler, the other straight to
// PostgreSQL; the verbs go to PostgreSQL past all of it.

import { type FaultProxy, openFaultProxy } from "../support/fault-proxy.ts";
import { type OwnServer, openOwnServer } from "../support/own-server.ts";
import type { PgBouncer } from "../support/pgbouncer.ts";
import { redirect } from "../support/redirect.ts";
import { type Program, startProgram } from "./program.ts";

/** All of it. Whoever opened it closes it. */
export interface TortureStage {
  readonly server: OwnServer;
  /** Between the first service and PgBouncer, and between PostgreSQL and its clients. */
  readonly proxies: readonly [FaultProxy, FaultProxy];
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
const ENVIRONMENT = {
  DATABASE_CONNECTIONS: "12",
  REQUEST_TIMEOUT_MS: "4000",
  CONNECT_TIMEOUT_MS: "2000",
};

/** Opens it all, with tenants, host by schema. */
export async function openTortureStage(
  hosts: Readonly<Record<string, string>>,
): Promise<TortureStage> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await closer();
  };
  try {
    const server = await openOwnServer(hosts, { fsync: "on", synchronous_commit: "on" });
    closers.push(() => server.remove());
    const near = await openFaultProxy(server.port);
    closers.push(() => near.close());
    const start = (): Promise<PgBouncer> =>
      server.startPgBouncer({ serverPort: near.port, poolSize: SERVER_CONNECTIONS });
    let pgbouncer = await start();
    closers.push(() => pgbouncer.stop());
    const far = await openFaultProxy(pgbouncer.port);
    closers.push(() => far.close());
    const services: Program[] = [];
    for (const { port } of [far, near]) {
      services.push(await startProgram(redirect(server.serviceUrl, port), ENVIRONMENT));
    }
    let ended: Promise<unknown> | undefined;
    const endServices = async (): Promise<void> => {
      ended ??= Promise.all(services.map((service) => service.stop()));
      await ended;
    };
    closers.push(endServices);
    return {
      server,
      proxies: [far, near],
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
