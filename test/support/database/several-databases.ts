// Several databases with registries of their own, a tap on the wire of each, and tenants that live in one of them.

import { parseHost } from "../../../src/host.ts";
import { type OpenDatabase } from "../../../src/database/database.ts";
import { openRouted } from "../../../src/database/open-database.ts";
import type { DatabaseOptions } from "../../../src/database/options.ts";
import { Routes } from "../../../src/database/routes/routes.ts";
import { createTenant, type Tenant } from "../../../src/tenant.ts";
import { type TestDatabase, useDatabase } from "./database.ts";
import { serverAddress } from "../server/server.ts";
import { openWireTap, type WireTap } from "../network/wire.ts";

/** Databases by name, "home" among them. */
export interface SeveralDatabases<Name extends string> {
  readonly databases: Readonly<Record<Name, TestDatabase>>;
  readonly taps: Readonly<Record<Name, WireTap>>;
  readonly routes: Routes;
  /** All of them as one, through the taps. */
  readonly service: OpenDatabase;
  /** A tenant of the service by its host or, without a dot, its schema. */
  tenant(name: string): Tenant;
  /** Makes a tenant a pointer in the registry of `from`, in place of what it was there. */
  point(this: void, from: Name, schemaName: string, to: string): Promise<void>;
  /** Counts the messages that each database has got while `work` ran. */
  count(this: void, work: () => Promise<unknown>): Promise<Readonly<Record<string, number>>>;
}

/**
 * Opens them for the suite.
 * @param hosts the tenants of each database, host by schema; home points to those of the others
 */
export function useDatabases<Name extends string>(
  hosts: Readonly<Record<Name | "home", Readonly<Record<string, string>>>>,
  options: Partial<DatabaseOptions> = {},
): SeveralDatabases<Name | "home"> {
  type Any = Name | "home";
  const names = Object.keys(hosts) as Any[];
  const databases = Object.fromEntries(
    names.map((name) => [name, useDatabase(hosts[name])]),
  ) as Record<Any, TestDatabase>;
  const taps = {} as Record<Any, WireTap>;
  const routes = new Routes(options.maxInFlight ?? 256);
  let service: OpenDatabase | undefined;
  const opened = (): OpenDatabase => {
    if (service === undefined) throw new Error("The databases are not open yet");
    return service;
  };
  const point = async (from: Any, schemaName: string, to: string): Promise<void> => {
    const place = `'${schemaName}', '${to}'`;
    await databases[from].sql(
      `insert into rowhouse.pointer values (${place})
         on conflict (schema_name) do update set database = excluded.database`,
      `update rowhouse.domain set database = '${to}', role_name = null, status = null, statement_timeout_ms = null,
         has_settings = false where schema_name = '${schemaName}'`,
      `update rowhouse.tenant set status = 'suspended', transition = 'moved' where schema_name = '${schemaName}'`,
    );
  };
  before(async () => {
    const urls = {} as Record<Any, string>;
    for (const name of names) {
      taps[name] = await openWireTap(serverAddress());
      const url = new URL(databases[name].serviceUrl);
      url.port = String(taps[name].port);
      urls[name] = url.href;
      for (const [schemaName, host] of name === "home" ? [] : Object.entries(hosts[name])) {
        await databases.home.sql(
          `insert into rowhouse.pointer values ('${schemaName}', '${name}')`,
          `insert into rowhouse.domain (host, schema_name, database) values ('${host}', '${schemaName}', '${name}')`,
        );
      }
    }
    const { home: url, ...others } = urls;
    service = openRouted({ ...options, url, others }, () => routes);
  });
  after(async () => {
    await service?.close(1);
    for (const tap of Object.values<WireTap>(taps)) await tap.close();
  });
  return {
    ...{ databases, taps, routes, point },
    get service() {
      return opened();
    },
    tenant: (name) =>
      createTenant(opened(), name.includes(".") ? parseHost(name) : { schema: name }),
    async count(work) {
      for (const tap of Object.values<WireTap>(taps)) tap.clear();
      await work();
      const counts = names.map((name) => [name, taps[name].count("Q")] as const);
      return Object.fromEntries(counts.filter(([, count]) => count > 0));
    },
  };
}
