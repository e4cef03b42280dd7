// The environment variables of the verbs, in addition to those of the service.

import { existsSync, readFileSync } from "node:fs";
import { parseDatabaseUrl } from "../../../src/config.ts";
import {
  integer,
  readVariables,
  type Secret,
  type Values,
  type Variable,
  type Variables,
} from "../../../src/environment.ts";
import { readSecretFiles } from "../../../src/secret-files.ts";
import { parseActor } from "../../registry/actor.ts";
import { openRegistry, type OpenRegistry, type Registry } from "../../registry/registry.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { readOtherUrls } from "./databases.ts";

/** Where `dev` keeps its admin role's password, seen from the folder in which it runs. */
const DEVELOPMENT_PASSWORD = ".rowhouse/admin-password";

/** The verbs' own variables. */
export interface AdminVariables extends Variables {
  readonly ADMIN_DATABASE_URL: Variable<Secret | undefined>;
  readonly DATABASE_URL: Variable<Secret | undefined>;
  readonly ADMIN_DATABASE_URL_FILE: Variable<string | undefined>;
  readonly DATABASE_URL_FILE: Variable<string | undefined>;
  readonly TENANT_MIGRATIONS: Variable<string | undefined>;
  readonly SHARED_MIGRATIONS: Variable<string | undefined>;
  readonly ROWHOUSE_ACTOR: Variable<string | undefined>;
  readonly DEV_DATABASE_PORT: Variable<number>;
}

/** See {@link AdminVariables}. */
export const ADMIN_VARIABLES: AdminVariables = {
  ADMIN_DATABASE_URL: {
    ...optional(parseDatabaseUrl),
    about: "URL for the verbs, with the admin role: of PostgreSQL itself, not of a pooler",
    secret: true,
  },
  DATABASE_URL: {
    ...optional(parseDatabaseUrl),
    about: "URL for the verbs when ADMIN_DATABASE_URL is not set",
    secret: true,
  },
  ADMIN_DATABASE_URL_FILE: {
    ...optional((text) => text),
    about: "File that contains ADMIN_DATABASE_URL, instead of that variable",
  },
  DATABASE_URL_FILE: {
    ...optional((text) => text),
    about: "File that contains DATABASE_URL, instead of that variable",
  },
  TENANT_MIGRATIONS: {
    ...optional((text) => text),
    about: "Folder of your application's tenant migrations; the example's folder when not set",
  },
  SHARED_MIGRATIONS: {
    ...optional((text) => text),
    about: "Folder of the migrations of the schemas that all tenants share",
  },
  ROWHOUSE_ACTOR: {
    ...optional(parseActor),
    about: "Who changes something, for the log; the system's user when not set",
  },
  DEV_DATABASE_PORT: integer(
    54_329,
    [1, 65_535],
    "Port of the PostgreSQL that `npm run dev` starts",
  ),
};

/** A variable whose value is undefined when it is not set. */
function optional<T>(parse: (text: string) => T): Omit<Variable<T | undefined>, "about"> {
  return { fallback: "", parse: (text) => (text === "" ? undefined : parse(text)) };
}

/** The configuration of the verbs. */
export type AdminConfig = Values<AdminVariables>;

/**
 * Reads the verbs' variables.
 * @throws {ConfigError} that lists every problem, one line each
 */
export function readAdminConfig(env: Readonly<Record<string, string | undefined>>): AdminConfig {
  return readVariables(ADMIN_VARIABLES, withSecrets(env));
}

/**
 * Replaces the variables that name files by the URLs in these files.
 * @throws {ConfigError} that lists every file that cannot be read
 */
export function withSecrets(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const names = ["ADMIN_DATABASE_URL", "DATABASE_URL"];
  const secrets = readSecretFiles(env, names, (path) => readFileSync(path, "utf8"));
  const read = Object.keys(secrets).map((name) => [`${name}_FILE`, undefined]);
  return { ...env, ...Object.fromEntries(read), ...secrets };
}

/**
 * Opens the registry that the environment names, with the other databases; the caller closes it.
 * @throws {ConfigError} as {@link readAdminConfig}
 * @throws {AdminError} when neither URL is set
 */
export async function openAdminRegistry(
  env: Readonly<Record<string, string | undefined>>,
  options: { readonly idleMs?: number } = {},
): Promise<OpenRegistry> {
  const config = readAdminConfig(env);
  const urls = readOtherUrls(env, "ADMIN_DATABASE_URL");
  return openRegistry(urlOf(config), {
    ...options,
    tenantMigrations: config.TENANT_MIGRATIONS,
    sharedMigrations: config.SHARED_MIGRATIONS,
    actor: config.ROWHOUSE_ACTOR,
    databases: new Map([...urls].map(([name, url]) => [name, url.reveal()])),
  });
}

/**
 * Opens the registry that the environment names, passes it to `work`, and closes it.
 * @throws as {@link openAdminRegistry}
 */
export async function withAdminRegistry<T>(
  env: Readonly<Record<string, string | undefined>>,
  work: (registry: Registry) => Promise<T>,
): Promise<T> {
  const registry = await openAdminRegistry(env);
  try {
    return await work(registry);
  } finally {
    await registry.close();
  }
}

/**
 * Reads the URL with which the verbs connect.
 * @throws {ConfigError} as {@link readAdminConfig}
 * @throws {AdminError} when neither variable is set
 */
export function adminUrl(env: Readonly<Record<string, string | undefined>>): string {
  return urlOf(readAdminConfig(env));
}

function urlOf(config: AdminConfig): string {
  const url = config.ADMIN_DATABASE_URL ?? config.DATABASE_URL;
  if (url === undefined) {
    const example = existsSync(DEVELOPMENT_PASSWORD)
      ? `postgres://postgres:$(cat ${DEVELOPMENT_PASSWORD})@127.0.0.1:${config.DEV_DATABASE_PORT}/rowhouse for the PostgreSQL of dev`
      : "postgres://ADMIN:PASSWORD@HOST:PORT/DATABASE";
    throw new AdminError(
      `Cannot connect: neither ADMIN_DATABASE_URL nor DATABASE_URL is set; set ADMIN_DATABASE_URL to ${example}`,
    );
  }
  return url.reveal();
}
