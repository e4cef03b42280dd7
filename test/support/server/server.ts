// The PostgreSQL that the tests run on: embedded, or the one that TEST_DATABASE_URL names (a superuser's
// URL). One for each process of a run; each test file has a database of its own on it.

import process from "node:process";
import type { EmbeddedServer } from "../../../admin/development/embedded/server.ts";
import { copyCluster, makeTemplate, SERVICE_ROLE, TEMPLATE } from "./cluster.ts";
import { runCommands } from "./commands.ts";
import { plantPassword } from "../program/printed.ts";
import { findTestBinaries, startTestServer } from "./embedded.ts";
import { findFreePort } from "../network/free-port.ts";

export { SERVICE_PASSWORD, SERVICE_ROLE, TEMPLATE } from "./cluster.ts";

/** Asks a server for the id of its first process, the parent of all that serve connections. */
export const POSTMASTER: string =
  "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid";

// Nothing of a test's data outlives its run, and the statistics are of no use to tables of a few rows.
const SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  autovacuum: "off",
  max_connections: "200",
};

let adminUrl: URL | undefined;
let embedded: EmbeddedServer | undefined;

/** Starts PostgreSQL with the template. */
export async function startServer(): Promise<void> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given) {
    adminUrl = new URL(given);
    await makeTemplate(given);
  } else {
    const folder = await copyCluster("server-");
    // From PostgreSQL 18 on, processes of its own read for the others, unless they are told not to.
    const { version } = await findTestBinaries();
    const settings = parseInt(version, 10) < 18 ? SETTINGS : { ...SETTINGS, io_method: "sync" };
    embedded = await startTestServer({ folder, port: await findFreePort(), settings });
    adminUrl = new URL(embedded.adminUrl);
  }
  plantPassword(adminUrl.href);
}

/** Removes what {@link startServer} made, if it was called. */
export async function stopServer(): Promise<void> {
  if (embedded) await embedded.remove();
  else if (adminUrl) {
    await runAsAdmin("postgres", [
      `drop database if exists ${TEMPLATE} with (force)`,
      `drop role if exists ${SERVICE_ROLE}`,
    ]);
  }
}

/** The admin role's URL of a database on the tests' server. */
export function urlOf(database: string, user?: { name: string; password: string }): string {
  if (adminUrl === undefined) throw new Error("The tests' server is not started");
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  if (user) {
    url.username = user.name;
    url.password = user.password;
  }
  return url.href;
}

/** Where the server listens. */
export function serverAddress(): { readonly host: string; readonly port: number } {
  const url = new URL(urlOf("postgres"));
  return { host: url.hostname, port: Number(url.port || 5432) };
}

/** Runs commands as the admin role, one after the other, and returns the rows of the last. */
export async function runAsAdmin<R extends object = Record<string, unknown>>(
  database: string,
  commands: readonly string[],
): Promise<R[]> {
  return runCommands<R>(urlOf(database), commands);
}

/** Makes a database that is a copy of the template. */
export async function copyDatabase(name: string): Promise<void> {
  // Its files are copied: to log every page of them costs three times as much. The word is new in PostgreSQL 15.
  const strategy = embedded ? " strategy file_copy" : "";
  await runAsAdmin("postgres", [`create database ${name} template ${TEMPLATE}${strategy}`]);
}

/** Drops a database of the tests' server with its tenants' roles, and then other roles. */
export async function dropDatabase(name: string, ...others: readonly string[]): Promise<void> {
  const roles = await runAsAdmin<{ rolname: string }>(name, [
    `select rolname from pg_roles where rolname like
       (select 'rh\\_' || oid || '\\_%' from pg_database where datname = current_database())`,
  ]);
  await runAsAdmin("postgres", [
    `drop database ${name} with (force)`,
    ...[...roles.map(({ rolname }) => rolname), ...others].map((role) => `drop role "${role}"`),
  ]);
}
