// The environment variables of the service on every runtime: default, unit, check and meaning in one table, and
// the options that they become. Each entry point reads the environment once; no other code reads it. A test keeps
// the table of src/README.md equal to this one. An error about a secret variable never holds its value.

import { parseAddress } from "./database/wire/address.ts";
import { databaseOf, otherVariables } from "./database/routes/variables.ts";
import { DATABASE_DEFAULTS, type DatabaseOptions } from "./database/options.ts";
import {
  integer,
  readVariables,
  Secret,
  type Values,
  type Variable,
  type Variables,
} from "./environment.ts";
import { LIMITS, type Limits } from "./http/limits.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";

/** The variables that every runtime reads. */
export interface ServiceVariables extends Variables {
  readonly DATABASE_URL: Variable<Secret>;
  readonly DATABASE_CONNECTIONS: Variable<number>;
  readonly TENANT_MAX_CONNECTIONS: Variable<number>;
  readonly CONNECT_TIMEOUT_MS: Variable<number>;
  readonly REQUEST_TIMEOUT_MS: Variable<number>;
  readonly MAX_IN_FLIGHT: Variable<number>;
  readonly TENANT_MAX_IN_FLIGHT: Variable<number>;
  readonly MAX_BODY_BYTES: Variable<number>;
  readonly BODY_TIMEOUT_MS: Variable<number>;
  readonly MAX_RESPONSE_ROWS: Variable<number>;
  readonly MAX_RESPONSE_BYTES: Variable<number>;
  readonly TRUST_PROXY: Variable<boolean>;
  readonly LOG_LEVEL: Variable<LogLevel>;
  readonly METRICS_MAX_TENANTS: Variable<number>;
}

/** The table of the variables that every runtime reads. */
export const SERVICE_VARIABLES: ServiceVariables = {
  DATABASE_URL: {
    about: "Where the service role connects: a transaction pooler, or PostgreSQL itself",
    secret: true,
    example: "postgres://USER:PASSWORD@HOST:PORT/DATABASE",
    parse: parseDatabaseUrl,
  },
  DATABASE_CONNECTIONS: integer(
    DATABASE_DEFAULTS.connections,
    [1, 10_000],
    "The most connections to the database, opened as needed; each runs one message at a time",
  ),
  TENANT_MAX_CONNECTIONS: integer(
    DATABASE_DEFAULTS.tenantConnections,
    [1, 10_000],
    "The most connections that one tenant uses at once; never more than three quarters of all",
  ),
  CONNECT_TIMEOUT_MS: integer(
    DATABASE_DEFAULTS.connectTimeoutMs,
    [100, 60_000],
    "How long opening a connection may take",
  ),
  REQUEST_TIMEOUT_MS: integer(
    DATABASE_DEFAULTS.requestTimeoutMs,
    [100, 600_000],
    "How long a message or transaction may take; up to half of it waiting for a connection",
  ),
  MAX_IN_FLIGHT: integer(
    LIMITS.inFlight,
    [1, 100_000],
    "The most requests in progress at once; the service answers one more with 503",
  ),
  TENANT_MAX_IN_FLIGHT: integer(
    LIMITS.tenantInFlight,
    [1, 100_000],
    "The most requests of one tenant in progress at once; the service answers one more with 429",
  ),
  MAX_BODY_BYTES: integer(LIMITS.bodyBytes, [1, 104_857_600], "The largest request body"),
  BODY_TIMEOUT_MS: integer(
    LIMITS.bodyMs,
    [100, 600_000],
    "How long a request body may take to arrive",
  ),
  MAX_RESPONSE_ROWS: integer(
    DATABASE_DEFAULTS.maxRows,
    [1, 10_000_000],
    "The most rows that a message may return",
  ),
  MAX_RESPONSE_BYTES: integer(
    LIMITS.responseBytes,
    [1, 1_073_741_824],
    "The most bytes that a message may return, and that an answer may have",
  ),
  TRUST_PROXY: {
    fallback: "false",
    about:
      "`true` believes `X-Forwarded-Host`, `X-Request-Id` and `traceparent`: only behind a proxy that " +
      "sets them",
    parse: parseBoolean,
  },
  LOG_LEVEL: {
    fallback: "info",
    about: "`info`, `warn`, `error` or `silent`; a request's line has level info or higher",
    parse: parseLogLevel,
  },
  METRICS_MAX_TENANTS: integer(
    100,
    [0, 10_000],
    "How many tenants the metrics name: the first ones and the busiest; the rest are `other`",
  ),
};

/** The options of a service; made by {@link readOptions}. */
export interface ServiceOptions {
  readonly database: Required<DatabaseOptions>;
  readonly limits: Limits;
  readonly trustProxy: boolean;
  readonly logLevel: LogLevel;
  /** How many tenants the metrics name. */
  readonly maxTenants: number;
}

/**
 * Reads the options of a service from its environment.
 * @param env names to texts; an empty text counts as unset
 * @param names the names that `env` has, which say what other databases there are: DATABASE_URL_EU is "eu"
 * @throws {ConfigError} that lists every problem at once, one line each
 * @example
 * ```ts
 * import process from "node:process";
 * import { openDatabase, readOptions } from "rowhouse";
 *
 * const options = readOptions(process.env);
 * export const database = openDatabase(options.database);
 * ```
 */
export function readOptions(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[] = Object.keys(env),
): ServiceOptions {
  const named = otherVariables(env, names, parseDatabaseUrl);
  const values: Values<ServiceVariables> & Readonly<Record<string, unknown>> = readVariables(
    { ...SERVICE_VARIABLES, ...named },
    env,
  );
  const others = Object.keys(named).flatMap((name) => {
    const url = values[name];
    return url instanceof Secret ? [[databaseOf(name), url] as const] : [];
  });
  return {
    database: {
      url: values.DATABASE_URL,
      others: Object.fromEntries(others),
      maxInFlight: values.MAX_IN_FLIGHT,
      moveWaitMs: DATABASE_DEFAULTS.moveWaitMs,
      connections: values.DATABASE_CONNECTIONS,
      tenantConnections: values.TENANT_MAX_CONNECTIONS,
      connectTimeoutMs: values.CONNECT_TIMEOUT_MS,
      requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
      maxRows: values.MAX_RESPONSE_ROWS,
      maxBytes: values.MAX_RESPONSE_BYTES,
    },
    limits: {
      inFlight: values.MAX_IN_FLIGHT,
      tenantInFlight: values.TENANT_MAX_IN_FLIGHT,
      bodyBytes: values.MAX_BODY_BYTES,
      bodyMs: values.BODY_TIMEOUT_MS,
      responseBytes: values.MAX_RESPONSE_BYTES,
    },
    trustProxy: values.TRUST_PROXY,
    logLevel: values.LOG_LEVEL,
    maxTenants: values.METRICS_MAX_TENANTS,
  };
}

/**
 * Checks a PostgreSQL URL. No error repeats any part of it that may be secret.
 * @throws {Error} that completes "Cannot read NAME: …"
 */
export function parseDatabaseUrl(text: string): Secret {
  parseAddress(text);
  return new Secret(text);
}

function parseBoolean(text: string): boolean {
  if (text !== "true" && text !== "false") throw new Error(`"${text}" is neither true nor false`);
  return text === "true";
}

function parseLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined) throw new Error(`"${text}" is not one of ${LOG_LEVELS.join(", ")}`);
  return level;
}
