// The data folder of the tests' servers, made once in a run: a copy costs a tenth of initdb and what follows it.

import { readFile, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { openHome } from "../../../admin/development/embedded/place.ts";
import { runProgram } from "../../../admin/development/embedded/program.ts";
import { findServerUser } from "../../../admin/development/embedded/user.ts";
import { initialiseDatabase } from "./admin.ts";
import { runCommands } from "./commands.ts";
import { startTestServer } from "./embedded.ts";
import { findFreePort } from "../network/free-port.ts";
import { plant, plantPassword } from "../program/printed.ts";
import { quickenLogins, quickSecret } from "./quick-logins.ts";
import { makeFolder } from "../program/run.ts";

/** The role that the tests' service connects as, and its password. */
export const SERVICE_ROLE = "rowhouse_test_service";
/** See {@link SERVICE_ROLE}. */
export const SERVICE_PASSWORD: string = plant("planted-password-1b7f");

/** The database that every test database is a copy of. */
export const TEMPLATE = "rowhouse_test_template";

const VARIABLE = "ROWHOUSE_TEST_CLUSTER";

/** Makes the data folder for this process and those that it starts. */
export async function makeCluster(): Promise<string> {
  const folder = makeFolder("cluster-");
  const settings = { fsync: "off" };
  const server = await startTestServer({ folder, port: await findFreePort(), settings });
  plantPassword(server.adminUrl);
  await quickenLogins(server.adminUrl);
  await makeTemplate(server.adminUrl);
  await server.stop();
  await shortenLogins(join(await realpath(join(folder, "data")), "pg_hba.conf"));
  process.env[VARIABLE] = folder;
  return folder;
}

/** Lets the superuser send its password as it is: the tests log in as it ten thousand times. */
async function shortenLogins(file: string): Promise<void> {
  const rules = await readFile(file, "utf8");
  await writeFile(file, `host all postgres 127.0.0.1/32 password\n${rules}`);
}

/** Makes a folder for a server, with data that has the service role and the template. */
export async function copyCluster(prefix: string): Promise<string> {
  const from = process.env[VARIABLE] ?? (await makeCluster());
  const folder = makeFolder(prefix);
  await copyData(from, folder);
  return folder;
}

/** Copies the data of a server that is stopped, and its password, with their owners. */
export async function copyData(from: string, to: string): Promise<void> {
  const home = await openHome(to, await findServerUser());
  await runProgram("cp", ["-a", await realpath(join(from, "data")), join(home, "data")]);
  await runProgram("cp", ["-a", join(from, "admin-password"), to]);
}

/** Makes the service role and the template on a server. */
export async function makeTemplate(adminUrl: string): Promise<void> {
  await runCommands(adminUrl, [
    `drop database if exists ${TEMPLATE} with (force)`,
    `drop role if exists ${SERVICE_ROLE}`,
    `create role ${SERVICE_ROLE} login noinherit password '${quickSecret(SERVICE_PASSWORD)}'`,
    `create database ${TEMPLATE}`,
  ]);
  const template = new URL(adminUrl);
  template.pathname = `/${TEMPLATE}`;
  await initialiseDatabase(template.href, { serviceRole: SERVICE_ROLE });
}
