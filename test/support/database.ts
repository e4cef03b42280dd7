// A database for one test file: a copy of the template, initialised like a user's.

import { randomBytes } from "node:crypto";
import pg from "pg";
import { initialise } from "../../admin/lifecycle/initialise.ts";
import { withRegistry } from "../../admin/registry/registry.ts";
import { createTenant } from "../../admin/lifecycle/tenant.ts";
import {
  dropDatabase,
  runAsAdmin,
  SERVICE_PASSWORD,
  SERVICE_ROLE,
  serverAddress,
  TEMPLATE,
  urlOf,
} from "./server.ts";
import { type PgBouncer, type PgBouncerOptions, startPgBouncer } from "./pgbouncer.ts";

/** A database that one test file has for itself. */
export interface TestDatabase {
  readonly name: string;
  /** The admin role's URL, straight to PostgreSQL. */
  readonly adminUrl: string;
  /** The service role's URL, straight to PostgreSQL. */
  readonly serviceUrl: string;
  /**
   * Creates tenants, one after the other: host by schema.
   * @param migrations the folder of their migrations; that of the example when left out
   */
  addTenants(hosts: Readonly<Record<string, string>>, migrations?: string): Promise<void>;
  /** Runs commands as the admin role and returns the rows of the last. */
  sql<R extends object = Record<string, unknown>>(...commands: string[]): Promise<R[]>;
  /** The server's major version, for what an older one has no form of. */
  serverVersion(): Promise<number>;
  /** Starts a PgBouncer in front of it; `serviceUrl` of the result is the service role's URL there. */
  startPgBouncer(
    options: Pick<PgBouncerOptions, "poolSize" | "settings">,
  ): Promise<PgBouncer & { readonly serviceUrl: string }>;
  /** Opens a connection of the admin role, to hold locks with and to look on. */
  openClient(): Promise<LookingClient>;
  /** Drops the database and its tenants' roles. */
  drop(): Promise<void>;
}

/** A connection of the admin role. */
export interface LookingClient {
  query(text: string): Promise<unknown>;
  /** Resolves when a statement that mentions `text` waits for a lock. */
  waitUntilBlocked(text: string): Promise<void>;
  end(): Promise<void>;
}

/** Creates a test database. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `rowhouse_test_${randomBytes(6).toString("hex")}`;
  await runAsAdmin("postgres", [`create database ${name} template ${TEMPLATE}`]);
  const adminUrl = urlOf(name);
  await withRegistry(adminUrl, (registry) => initialise(registry));
  return {
    name,
    adminUrl,
    serviceUrl: urlOf(name, { name: SERVICE_ROLE, password: SERVICE_PASSWORD }),
    addTenants: (hosts, migrations) =>
      withRegistry(
        adminUrl,
        async (registry) => {
          for (const [schemaName, host] of Object.entries(hosts)) {
            await createTenant(registry, schemaName, [host]);
          }
        },
        migrations,
      ),
    sql: (...commands) => runAsAdmin(name, commands),
    async serverVersion() {
      const text = "select current_setting('server_version_num')::int / 10000 as major";
      const [row] = await runAsAdmin<{ major: number }>(name, [text]);
      return row?.major ?? 0;
    },
    async startPgBouncer(options) {
      const { host, port } = serverAddress();
      const pgbouncer = await startPgBouncer({
        serverHost: host,
        serverPort: port,
        users: { [SERVICE_ROLE]: SERVICE_PASSWORD },
        ...options,
      });
      return Object.assign(pgbouncer, { serviceUrl: pgbouncer.url(SERVICE_ROLE, name) });
    },
    async openClient() {
      const client = new pg.Client(adminUrl);
      await client.connect();
      return {
        query: (text) => client.query(text),
        async waitUntilBlocked(text) {
          // A transaction sees one state of pg_stat_activity; it is cleared to look again.
          const blocked = `select from pg_stat_activity
            where wait_event_type = 'Lock' and datname = current_database() and query like $1`;
          for (let found = 0; found === 0;) {
            await client.query("select pg_stat_clear_snapshot()");
            found = (await client.query(blocked, [`%${text}%`])).rowCount ?? 0;
          }
        },
        end: () => client.end(),
      };
    },
    drop: () => dropDatabase(name),
  };
}
