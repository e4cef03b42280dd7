// A database of its own for the tests of one process, with a service role of its own. What a process leaves behind that
// was killed is dropped by the next one.

import { randomBytes } from "node:crypto";
import type pg from "pg";
import { quoteName } from "../../src/sql/quote-name.ts";
import { initialise } from "../lifecycle/database/initialise.ts";
import type { Registry } from "../registry/registry.ts";
import type { TestServer } from "./server.ts";

const PREFIX = "rowhouse_testing_";
const LOCK = "hashtext('rowhouse'), hashtext($1::text)";

/** A database for tests. */
export interface TestDatabase {
  readonly adminUrl: string;
  /** The URL with the service role. */
  readonly serviceUrl: string;
  /** Drops it, with the roles of its tenants and its service. */
  drop(): Promise<void>;
}

/**
 * Creates a database, and drops those whose process has ended without doing so.
 * @param server its keeper holds a lock until `close`, which says that the database is in use
 */
export async function createTestDatabase({ url, keeper }: TestServer): Promise<TestDatabase> {
  await dropAbandoned(keeper);
  const name = `${PREFIX}${randomBytes(6).toString("hex")}`;
  const password = randomBytes(18).toString("hex");
  await keeper.query(`select pg_advisory_lock(${LOCK})`, [name]);
  await keeper.query(`create database ${name}`);
  await keeper.query(`create role ${name} login noinherit password '${password}'`);
  const at = (user?: string): string => {
    const place = new URL(url);
    place.pathname = `/${name}`;
    if (user !== undefined) [place.username, place.password] = [user, password];
    return place.href;
  };
  return { adminUrl: at(), serviceUrl: at(name), drop: () => dropDatabase(keeper, name) };
}

/** Prepares the database for tenants. */
export async function initialiseTestDatabase(
  registry: Registry,
  { serviceUrl }: TestDatabase,
  sharedSchemas: readonly string[],
): Promise<void> {
  const serviceRole = new URL(serviceUrl).username;
  await initialise(registry, { serviceRole, sharedSchemas: { add: sharedSchemas } });
}

async function dropAbandoned(keeper: pg.Client): Promise<void> {
  const { rows } = await keeper.query<{ name: string }>(
    "select datname::text as name from pg_catalog.pg_database where starts_with(datname, $1)",
    [PREFIX],
  );
  for (const { name } of rows) {
    const text = `select pg_try_advisory_lock(${LOCK}) as is_free`;
    const { rows: locks } = await keeper.query<{ is_free: boolean }>(text, [name]);
    if (!locks[0]?.is_free) continue;
    await dropDatabase(keeper, name);
    await keeper.query(`select pg_advisory_unlock(${LOCK})`, [name]);
  }
}

async function dropDatabase(keeper: pg.Client, name: string): Promise<void> {
  const { rows } = await keeper.query<{ role: string }>(
    `select r.rolname::text as role from pg_catalog.pg_roles as r, pg_catalog.pg_database as d
      where d.datname = $1 and (r.rolname = $1 or starts_with(r.rolname, 'rh_' || d.oid || '_'))`,
    [name],
  );
  await keeper.query(`drop database if exists ${name} with (force)`);
  const roles = rows.map(({ role }) => quoteName(role));
  if (roles.length > 0) await keeper.query(`drop role if exists ${roles.join(", ")}`);
}
