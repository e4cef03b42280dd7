// The admin functions for an application's own code: `rowhouse/admin`.

import { requirePackages } from "../command/environment/packages.ts";
import { findTenantMigrations } from "../migrations/load.ts";
import { openRegistry } from "../registry/registry.ts";
import type { Admin } from "./contract/contract.ts";
import { createAdmin } from "./create-admin.ts";
import { parseActorName, parseDatabases, parseUrl } from "./parse.ts";

export { ADMIN_ERRORS, AdminError, type AdminErrorCode } from "../registry/admin-error.ts";
export type * from "./contract/contract.ts";
export type * from "./contract/installation.ts";
export type * from "./contract/many.ts";
export type * from "./contract/migration.ts";
export type { Run } from "./run.ts";
export type * from "./contract/tenant.ts";
export type * from "./contract/tenant-functions.ts";
export type * from "./contract/transfer.ts";

/** The options of {@link openAdmin}. */
export interface AdminOptions {
  /** The URL of PostgreSQL itself, not of a pooler, with the admin role, as ADMIN_DATABASE_URL has it. */
  readonly url: string;
  /** The admin role's URLs of the other databases by name, as ADMIN_DATABASE_URL_<NAME> has them: `{ eu: url }`. */
  readonly databases?: Readonly<Record<string, string>> | undefined;
  /** The folder of the application's tenant migrations, as TENANT_MIGRATIONS names it. */
  readonly tenantMigrations: string;
  /** The folder of the migrations of the shared schemas; left out where no schema has any. */
  readonly sharedMigrations?: string | undefined;
  /** In whose name the functions change something, for the log: 1 to 100 characters; the process's user when left out. */
  readonly actor?: string | undefined;
}

// A sign-up finds a connection that an earlier one opened: a new one would cost as much as a small tenant.
const IDLE_MS = 60_000;

/**
 * Opens the admin library, on Node. It connects when a function first needs it, and keeps the connection for a minute.
 * The caller closes it, or declares it with `await using`.
 * @throws {AdminError} `migrations_invalid` without the folder of the tenant migrations, `option_invalid` for a URL
 *   that cannot be read, `refused` when a package is missing, with the command that installs it
 * @example
 * ```ts
 * import process from "node:process";
 * import { openAdmin } from "rowhouse/admin";
 *
 * await using admin = await openAdmin({
 *   url: process.env["ADMIN_DATABASE_URL"] ?? "",
 *   tenantMigrations: "migrations",
 * });
 * await admin.createTenant({ schemaName: "acme", hosts: ["acme.example.com"] });
 * ```
 */
export async function openAdmin({
  url,
  databases = {},
  tenantMigrations,
  sharedMigrations,
  actor,
}: AdminOptions): Promise<Admin> {
  requirePackages("openAdmin()", []);
  const folder = findTenantMigrations(tenantMigrations || undefined);
  const registry = await openRegistry(parseUrl("url", url), {
    tenantMigrations: folder,
    sharedMigrations,
    actor: actor === undefined ? undefined : parseActorName(actor),
    idleMs: IDLE_MS,
    databases: parseDatabases(databases),
  });
  return createAdmin(registry, registry.close);
}
