// A database whose admin role is no superuser, as on managed servers: it owns the database and has
// CREATEROLE.

import { randomBytes } from "node:crypto";
import { addTenants, initialiseDatabase } from "../server/admin.ts";
import { dropDatabase, runAsAdmin, SERVICE_PASSWORD, urlOf } from "../server/server.ts";

/** A database of a plain admin's. Whoever made it drops it. */
export interface PlainAdmin {
  readonly adminUrl: string;
  readonly serviceUrl: string;
  /** The admin role's name. */
  readonly role: string;
  readonly serviceRole: string;
  /** Runs commands as a superuser and returns the rows of the last. */
  sql<R extends object = Record<string, unknown>>(...commands: string[]): Promise<R[]>;
  drop(): Promise<void>;
}

/**
 * Makes an initialised database.
 * @param hosts its tenants, host by schema; none when left out
 * @param tenantRoles false: the admin role has no CREATEROLE, and tenants have no roles of their own
 */
export async function createPlainAdmin(
  hosts: Readonly<Record<string, string>> = {},
  tenantRoles = true,
): Promise<PlainAdmin> {
  const name = `rowhouse_plain_${randomBytes(6).toString("hex")}`;
  const [role, service, password] = [`${name}_admin`, `${name}_service`, SERVICE_PASSWORD];
  await runAsAdmin("postgres", [
    `create role ${role} login ${tenantRoles ? "createrole" : ""} password '${password}'`,
    ...(tenantRoles ? [] : [`create role ${service} login noinherit`]),
    `create database ${name} owner ${role}`,
  ]);
  const adminUrl = urlOf(name, { name: role, password });
  await initialiseDatabase(adminUrl, { serviceRole: service, tenantRoles });
  await addTenants(adminUrl, hosts);
  await runAsAdmin("postgres", [`alter role ${service} password '${password}'`]);
  return {
    adminUrl,
    serviceUrl: urlOf(name, { name: service, password }),
    role,
    serviceRole: service,
    sql: (...commands) => runAsAdmin(name, commands),
    drop: () => dropDatabase(name, service, role),
  };
}
