// Three databases of one installation, and the admin library over all of them.

import pg from "pg";
import { createAdmin } from "../../../admin/library/create-admin.ts";
import type { Admin } from "../../../admin/library/contract/contract.ts";
import { openRegistry, type OpenRegistry } from "../../../admin/registry/registry.ts";
import { type TestDatabase, useDatabase } from "./database.ts";

/** The databases of a suite by name, with what looks into them. */
export interface SeveralDatabases {
  readonly home: TestDatabase;
  readonly eu: TestDatabase;
  readonly us: TestDatabase;
  admin(): Admin;
  registry(): OpenRegistry;
  /** Enters a tenant, as the service does: its schema; or the SQLSTATE, with the database that RH301 names. */
  readonly enter: (database: TestDatabase, host: string) => Promise<string>;
  /** Follows a host from home, as the service does; undefined after three databases. */
  readonly follow: (host: string) => Promise<string | undefined>;
}

/** Makes the databases before the suite, and drops them behind it. */
export function useSeveralDatabases(): SeveralDatabases {
  const [home, eu, us] = [useDatabase(), useDatabase(), useDatabase()];
  let opened: OpenRegistry | undefined;
  before(async () => {
    const databases = new Map([
      ["eu", eu.adminUrl],
      ["us", us.adminUrl],
    ]);
    opened = await openRegistry(home.adminUrl, { databases, idleMs: 60_000 });
  });
  after(() => opened?.close());
  const registry = (): OpenRegistry => {
    if (opened === undefined) throw new Error("Cannot use the registry: it is not open yet");
    return opened;
  };
  const enter = async ({ serviceUrl }: TestDatabase, host: string): Promise<string> => {
    const client = new pg.Client(serviceUrl);
    await client.connect();
    try {
      const text = `select rowhouse.enter_tenant('{${host}}'); select current_schema() as name`;
      const results = (await client.query(text)) as unknown as readonly pg.QueryResult<{
        name: string;
      }>[];
      return results[1]?.rows[0]?.name ?? "";
    } catch (error) {
      const { code = "", detail = "" } = error as { code?: string; detail?: string };
      return `${code} ${detail}`.trim();
    } finally {
      await client.end();
    }
  };
  return {
    home,
    eu,
    us,
    registry,
    admin: () => createAdmin(registry(), registry().close),
    enter,
    async follow(host) {
      const places: Readonly<Record<string, TestDatabase>> = { home, eu, us };
      let name = "home";
      for (let hop = 0; hop < 3; hop += 1) {
        const answer = await enter(places[name] ?? home, host);
        if (!answer.startsWith("RH301 ")) return answer;
        name = answer.slice("RH301 ".length);
      }
      return undefined;
    },
  };
}
