// Two databases of one server, for copies of a tenant, and pg_dump as the judge of them.

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { runProgram } from "../../../admin/development/embedded/program.ts";
import { initialise } from "../../../admin/lifecycle/database/initialise.ts";
import { withRegistry } from "../../../admin/registry/registry.ts";
import { runCommands } from "../server/commands.ts";
import type { DebianPostgres } from "../server/debian-postgres.ts";
import { SERVICE_PASSWORD } from "../server/server.ts";

/** Who administers. */
export interface AdminKind {
  readonly superuser: boolean;
  readonly tenantRoles: boolean;
}

/** A database with a registry. */
export interface DumpedDatabase {
  /** Of the admin role. */
  readonly adminUrl: string;
  /** Runs commands as the admin role. */
  sql<R extends object = Record<string, unknown>>(...commands: readonly string[]): Promise<R[]>;
  /** Runs commands as a superuser. */
  root(...commands: readonly string[]): Promise<unknown>;
  /** What pg_dump writes of a schema, without the schema's name and the tenant's role's. */
  dump(schemaName: string): Promise<readonly string[]>;
}

/** Makes databases; they go with the server. */
export async function makeDumpedDatabases(
  server: DebianPostgres,
  { superuser, tenantRoles }: AdminKind,
): Promise<readonly [DumpedDatabase, DumpedDatabase]> {
  const prefix = `copies_${randomBytes(4).toString("hex")}`;
  const [admin, service] = [`${prefix}_admin`, `${prefix}_service`];
  const rights = superuser ? "superuser" : tenantRoles ? "createrole" : "";
  await runCommands(server.adminUrl, [
    `create role ${admin} login ${rights} password '${SERVICE_PASSWORD}'`,
    `create role ${service} login noinherit`,
    ...(superuser || !tenantRoles ? [] : [`grant ${service} to ${admin} with admin option`]),
  ]);
  const make = async (name: string): Promise<DumpedDatabase> => {
    await runCommands(server.adminUrl, [`create database ${name} owner ${admin}`]);
    const [rootUrl, adminUrl] = [new URL(server.adminUrl), new URL(server.adminUrl)];
    rootUrl.pathname = adminUrl.pathname = `/${name}`;
    [adminUrl.username, adminUrl.password] = [admin, SERVICE_PASSWORD];
    await withRegistry(adminUrl.href, (registry) =>
      initialise(registry, { serviceRole: service, tenantRoles }),
    );
    await runCommands(rootUrl.href, [
      "create foreign data wrapper nowhere",
      "create server elsewhere foreign data wrapper nowhere",
    ]);
    return {
      adminUrl: adminUrl.href,
      sql: (...commands) => runCommands(adminUrl.href, commands),
      root: (...commands) => runCommands(rootUrl.href, commands),
      async dump(schemaName) {
        const from = [`--dbname=${rootUrl.href}`, `--schema=${schemaName}`];
        const text = await runProgram(join(server.programs, "pg_dump"), from);
        return text
          .split("\n")
          .filter((line) => !/^\\(?:un)?restrict /.test(line))
          .map((line) => line.replaceAll(schemaName, "~").replaceAll(/\brh_\d+_~/g, "~role"));
      },
    };
  };
  return [await make(`${prefix}_a`), await make(`${prefix}_b`)];
}

/** The lines in which two dumps differ, in the order of the dumps; empty when they are the same. */
export function compareDumps(
  original: readonly string[],
  copy: readonly string[],
): readonly string[] {
  const [have, want] = [new Set(original), new Set(copy)];
  const lines = [
    ...original.filter((line) => !want.has(line)).map((line) => `- ${line}`),
    ...copy.filter((line) => !have.has(line)).map((line) => `+ ${line}`),
  ];
  if (lines.length > 0 || original.join("\n") === copy.join("\n")) return lines;
  const at = original.findIndex((line, index) => line !== copy[index]);
  return [`other order from line ${at}`, `- ${original[at]}`, `+ ${copy[at]}`];
}
