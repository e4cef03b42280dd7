// What every runtime is held against: a PostgreSQL of its own, which may be killed, PgBouncer before it
// in transaction mode, tenants of which every value names its tenant, and a witness of every write.

import type { RunningRuntime } from "../../support/program/runtime.ts";
import { type Answer, type Client, createClient } from "../../support/network/http-client.ts";
import { type OwnServer, openOwnServer } from "../../support/server/own-server.ts";
import { hostOf, schemaOf, SEEDED_KEYS, valueOf } from "../../support/traffic.ts";

/** Tenants 1 to 50, for traffic. */
export const TENANTS = 50;

/** Tenants for one purpose each, and their hosts. */
export const SPECIAL = {
  ip: { tenant: 51, host: "127.0.0.1:5000" },
  local: { tenant: 52, host: "localhost:5000" },
  routes: { tenant: 53, host: "routes.example.com" },
  suspended: { tenant: 54, host: "suspended.example.com" },
  readOnly: { tenant: 55, host: "read-only.example.com" },
  hurried: { tenant: 56, host: "hurried.example.com" },
  wild: { tenant: 57, host: "*.wild.example.com" },
} as const;

/** How many requests the service takes at once. */
export const MAX_IN_FLIGHT = 220;

/** How many of one host it takes at once. */
export const TENANT_MAX_IN_FLIGHT = 100;

/** The service's environment; a request at work is given up after 10 s, not 15. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  MAX_IN_FLIGHT: String(MAX_IN_FLIGHT),
  TENANT_MAX_IN_FLIGHT: String(TENANT_MAX_IN_FLIGHT),
  MAX_RESPONSE_ROWS: "1000",
  REQUEST_TIMEOUT_MS: "10000",
  BODY_TIMEOUT_MS: "1500",
};

const HURRIED_TIMEOUT_MS = 200;
const SERVER_CONNECTIONS = 4;

/** A runtime that serves from a database of its own. Whoever opened it closes it. */
export interface RuntimeStage {
  readonly server: OwnServer;
  readonly runtime: RunningRuntime;
  readonly client: Client;
  /** How often a value was written under a key of a tenant, as PostgreSQL saw it. */
  writes(tenant: number, key: number): Promise<number>;
  close(): Promise<void>;
}

/** Starts a runtime with these variables of the service. */
export type Start = (env: Readonly<Record<string, string>>) => Promise<RunningRuntime>;

/**
 * Opens it all.
 * @param isLost as in {@link createClient}
 */
export async function openRuntimeStage(
  start: Start,
  isLost?: (answer: Answer) => boolean,
): Promise<RuntimeStage> {
  const numbers = Array.from({ length: TENANTS }, (_, index) => index + 1);
  const hosts = Object.fromEntries([
    ...numbers.map((tenant) => [schemaOf(tenant), hostOf(tenant)]),
    ...Object.values(SPECIAL).map(({ tenant, host }) => [schemaOf(tenant), host]),
  ]) as Record<string, string>;
  const server = await openOwnServer(hosts);
  const pgbouncer = await server.startPgBouncer({ poolSize: SERVER_CONNECTIONS });
  const stop = async (): Promise<void> => {
    await pgbouncer.stop();
    await server.remove();
  };
  try {
    await fill(server, Object.keys(hosts));
    const runtime = await start({ ...ENVIRONMENT, DATABASE_URL: pgbouncer.serviceUrl });
    const client = createClient(runtime.port, isLost);
    return {
      server,
      runtime,
      client,
      async writes(tenant, key) {
        const [row] = await server.sql<{ count: number }>(
          `select count(*)::int from public.witness
             where schema_name = '${schemaOf(tenant)}' and key = ${key}`,
        );
        return row?.count ?? 0;
      },
      async close() {
        client.close();
        await runtime.stop();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Seeds the keys 1 to 5 of every tenant, and lets the witness see every write from then on. */
async function fill(server: OwnServer, schemas: readonly string[]): Promise<void> {
  const statusOf = (tenant: number, change: string): string =>
    `update rowhouse.tenant set ${change} where schema_name = '${schemaOf(tenant)}'`;
  await server.sql(
    `create table public.witness (schema_name text, key int, value int)`,
    `create function public.witness() returns trigger language plpgsql security definer as $$
     begin
       insert into public.witness values (tg_table_schema, new.key, new.value);
       return new;
     end $$`,
    ...schemas.map(
      (schema) => `insert into ${schema}.data
        select key, ${valueOf(Number(schema.slice(1)), 0)} + key
        from generate_series(1, ${SEEDED_KEYS}) as key`,
    ),
    ...schemas.map(
      (schema) => `create trigger witness after insert or update on ${schema}.data
        for each row execute function public.witness()`,
    ),
    statusOf(SPECIAL.suspended.tenant, "status = 'suspended'"),
    statusOf(SPECIAL.readOnly.tenant, "status = 'read_only'"),
    statusOf(SPECIAL.hurried.tenant, `statement_timeout_ms = ${HURRIED_TIMEOUT_MS}`),
  );
}
