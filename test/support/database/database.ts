// A database for one test file: a copy of the template, initialised like a user's.

import { randomBytes } from "node:crypto";
import pg from "pg";
import { addTenants, prepareDatabase } from "../server/admin.ts";
import {
  copyDatabase,
  dropDatabase,
  runAsAdmin,
  SERVICE_PASSWORD,
  SERVICE_ROLE,
  serverAddress,
  urlOf,
} from "../server/server.ts";
import { type PgBouncer, type PgBouncerOptions, startPgBouncer } from "../server/pgbouncer.ts";
import { until } from "../until.ts";

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
  const database = nameDatabase();
  await create(database);
  return database;
}

/**
 * The database of a suite: created with its tenants before the suite's own hooks, and dropped behind them.
 * @param hosts its tenants, host by schema
 */
export function useDatabase(hosts: Readonly<Record<string, string>> = {}): TestDatabase {
  const database = nameDatabase();
  before(async function () {
    // Whatever the suite registers stands before it in the list.
    this.test?.parent?.afterAll(() => database.drop());
    await create(database, hosts);
  });
  return database;
}

async function create(
  { name, adminUrl }: TestDatabase,
  hosts: Readonly<Record<string, string>> = {},
): Promise<void> {
  await copyDatabase(name);
  await prepareDatabase(adminUrl, {}, hosts);
}

/** A database that does not exist yet. Its server's address is not known before the first hook. */
function nameDatabase(): TestDatabase {
  const name = `rowhouse_test_${randomBytes(6).toString("hex")}`;
  return {
    name,
    get adminUrl() {
      return urlOf(name);
    },
    get serviceUrl() {
      return urlOf(name, { name: SERVICE_ROLE, password: SERVICE_PASSWORD });
    },
    addTenants: (hosts, migrations) => addTenants(urlOf(name), hosts, migrations),
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
    openClient: () => openLookingClient(urlOf(name)),
    drop: () => dropDatabase(name),
  };
}

async function openLookingClient(url: string): Promise<LookingClient> {
  const client = new pg.Client(url);
  client.on("error", () => {}); // a test that fails leaves it open, and its database is dropped
  await client.connect();
  return {
    query: (text) => client.query(text),
    async waitUntilBlocked(text) {
      // A transaction sees one state of pg_stat_activity; it is cleared to look again.
      const blocked = `select from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database() and query like $1`;
      await until(`no statement with "${text}" waits`, async () => {
        await client.query("select pg_stat_clear_snapshot()");
        return (await client.query(blocked, [`%${text}%`])).rowCount !== 0;
      });
    },
    end: () => client.end(),
  };
}
