// Tenants for an application's own tests: `rowhouse/testing`. Each test takes a tenant that no other test has, made by the
// application's migrations as add-tenant makes it. Tenants are made ahead, so that a test seldom waits for one.

import process from "node:process";
import { type OpenDatabase } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { parseHost } from "../../src/host.ts";
import type { Tenancy } from "../../src/http/tenancy.ts";
import { Background } from "../../src/runtime/background.ts";
import { createTenant, type Tenant } from "../../src/tenant.ts";
import { requirePackages } from "../command/environment/packages.ts";
import { changeSettings } from "../lifecycle/settings.ts";
import { migrateShared } from "../migrate/migrate-shared.ts";
import { readSharedMigrations } from "../migrations/shared-migrations.ts";
import { openRegistry, readRows, type Registry, type Settings } from "../registry/registry.ts";
import { createTestDatabase, initialiseTestDatabase } from "./database.ts";
import { hostOf, makeAhead } from "./made-ahead.ts";
import { openTestServer } from "./server.ts";

/** The options of {@link testTenants}. */
export interface TestOptions {
  /** The folder of the tenant migrations. */
  readonly migrations: string;
  /** Schemas that all tenants share, as `init-db --shared-schema` names them. */
  readonly sharedSchemas?: readonly string[];
  /** The folder of the shared migrations. */
  readonly sharedMigrations?: string;
  /**
   * The URL of a role that may create databases and roles; by default TEST_DATABASE_URL, and without that variable an
   * embedded PostgreSQL in `.rowhouse/testing`.
   */
  readonly url?: string;
}

/** A tenant of one test. */
export interface TestTenant {
  readonly schemaName: string;
  /** Its only host. */
  readonly host: string;
  /** The tenant as a handler has it, to write rows before a test and to read them after it. */
  readonly tenant: Tenant;
  /**
   * Sends a request of this tenant to an application, and waits for the work that goes on after the answer.
   * @param path with its query, such as `/notes?limit=1`
   */
  fetch(tenancy: Tenancy, path: string, init?: RequestInit): Promise<Response>;
}

/** The tenants of a test file. The caller closes it. */
export interface TestTenants {
  /** What a runtime passes to `tenancy.fetch`. */
  readonly database: OpenDatabase;
  /** The URL with the service role, for a service that runs as a program. */
  readonly databaseUrl: string;
  /** Makes a tenant with empty tables, as the migrations leave them. */
  create(options?: { readonly settings?: Settings }): Promise<TestTenant>;
  /** Drops the database with all its tenants and roles, and stops the embedded PostgreSQL when nobody else uses it. */
  close(): Promise<void>;
}

/**
 * Opens a database for tests, on Node.
 * @throws {AdminError} when packages are missing (with the command that installs them), or a migration fails
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { after, before, test } from "node:test";
 * import { testTenants, type TestTenants } from "rowhouse/testing";
 * import { createApp } from "./app.js";
 *
 * const app = createApp({});
 * let tenants: TestTenants;
 *
 * before(async () => {
 *   tenants = await testTenants({ migrations: "migrations" });
 * });
 *
 * after(() => tenants.close());
 *
 * test("notes are listed", async () => {
 *   const acme = await tenants.create();
 *   await acme.tenant`insert into note (text) values ('first') returning id`;
 *   const response = await acme.fetch(app, "/notes");
 *   assert.deepEqual(await response.json(), [{ id: 1, text: "first" }]);
 * });
 * ```
 */
export async function testTenants(options: TestOptions): Promise<TestTenants> {
  requirePackages("testTenants()", []);
  const server = await openTestServer(
    options.url ?? (process.env["TEST_DATABASE_URL"] || undefined),
  );
  const undo: (() => Promise<unknown>)[] = [() => server.close()];
  const close = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const made = await createTestDatabase(server);
    undo.push(() => made.drop());
    const registry = await openRegistry(made.adminUrl, {
      tenantMigrations: options.migrations,
      sharedMigrations: options.sharedMigrations,
    });
    undo.push(registry.close);
    await initialiseTestDatabase(registry, made, options.sharedSchemas ?? []);
    const shared = await readSharedMigrations(registry);
    if (shared) await migrateShared(registry, shared, { edited: false, late: false }, () => {});
    const database = openDatabase({ url: made.serviceUrl });
    undo.push(() => database.close(5));
    const { take, end } = await makeAhead(registry);
    undo.push(end);
    return {
      database,
      databaseUrl: made.serviceUrl,
      async create({ settings } = {}) {
        const schemaName = await take();
        if (settings !== undefined) await writeSettings(registry, schemaName, settings);
        return toTestTenant(database, schemaName);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function writeSettings(
  registry: Registry,
  schemaName: string,
  settings: Settings,
): Promise<void> {
  const text = JSON.stringify(changeSettings({}, { set: settings, unset: [] }));
  const update = "update rowhouse.tenant set settings = $2::jsonb where schema_name = $1";
  await readRows(registry, update, [schemaName, text]);
}

function toTestTenant(database: OpenDatabase, schemaName: string): TestTenant {
  const host = hostOf(schemaName);
  return {
    schemaName,
    host,
    tenant: createTenant(database, parseHost(host)),
    async fetch(tenancy, path, init) {
      const request = new Request(`http://${host}${path}`, init);
      request.headers.set("host", host);
      const background = new Background();
      const response = await tenancy.fetch(request, database, background);
      await background.ended();
      return response;
    },
  };
}
