// A database of one encoding with two tenants, a tap before it, and a fingerprint of all that no value may
// reach.

import { randomBytes } from "node:crypto";
import { type Database } from "../../../src/database/database.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { addTenants, initialiseDatabase } from "../../support/server/admin.ts";
import { redirect } from "../../support/network/redirect.ts";
import {
  dropDatabase,
  runAsAdmin,
  SERVICE_PASSWORD,
  SERVICE_ROLE,
  serverAddress,
  urlOf,
} from "../../support/server/server.ts";
import { openWireTap, type WireTap } from "../../support/network/wire.ts";

/** The host of the tenant that the values are sent for. */
export const HOST = "acme.example.com";

/** Whoever opened it closes it. */
export interface SqlStage {
  readonly adminUrl: string;
  /** The service role's URL. */
  readonly serviceUrl: string;
  readonly tap: WireTap;
  /** Runs `work` with one connection of the service through the tap. */
  withService<T>(conforming: "on" | "off", work: (database: Database) => Promise<T>): Promise<T>;
  /** Registry, tenants, tables, functions, roles and large objects, as one text. */
  fingerprint(): Promise<string>;
  close(): Promise<void>;
}

const FINGERPRINT = `select md5(concat(
  (select string_agg(t::text, ',' order by t::text) from rowhouse.tenant t),
  (select string_agg(t::text, ',' order by t::text) from rowhouse.domain t),
  (select string_agg(t::text, ',' order by t::text) from acme.data t),
  (select string_agg(t::text, ',' order by t::text) from other.data t),
  (select string_agg(oid::text, ',' order by oid) from pg_class where oid >= 16384),
  (select string_agg(oid::text, ',' order by oid) from pg_proc where oid >= 16384),
  (select string_agg(oid::text, ',' order by oid) from pg_namespace where nspname !~ '^pg_t'),
  (select count(*) from pg_largeobject_metadata))) as fingerprint`;

/** Opens a stage on the tests' server. */
export async function openSqlStage(encoding: string): Promise<SqlStage> {
  const name = `rowhouse_fuzz_${randomBytes(6).toString("hex")}`;
  await runAsAdmin("postgres", [
    `create database ${name} template template0 encoding '${encoding}' locale 'C'`,
  ]);
  await initialiseDatabase(urlOf(name), { serviceRole: SERVICE_ROLE });
  await addTenants(urlOf(name), { acme: HOST, other: "other.example.com" });
  await runAsAdmin(name, [
    "insert into acme.data values (1, 1)",
    "insert into other.data values (1, 2)",
  ]);
  const tap = await openWireTap(serverAddress());
  const serviceUrl = urlOf(name, { name: SERVICE_ROLE, password: SERVICE_PASSWORD });
  return {
    adminUrl: urlOf(name),
    serviceUrl,
    tap,
    async withService(conforming, work) {
      const setting = `alter database ${name} set standard_conforming_strings to ${conforming}`;
      await runAsAdmin("postgres", [setting]);
      const database = openDatabase({ url: redirect(serviceUrl, tap.port), connections: 1 });
      try {
        return await work(database);
      } finally {
        await database.close(1);
      }
    },
    async fingerprint() {
      const [row] = await runAsAdmin<{ fingerprint: string }>(name, [FINGERPRINT]);
      return row?.fingerprint ?? "";
    },
    async close() {
      await tap.close();
      await dropDatabase(name);
    },
  };
}
