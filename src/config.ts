// Every environment variable of the service: its default, unit, check and meaning, in one table. The
// README's table is kept equal to it by a test. Entries read the environment once and hand the
// result on; nothing else does. A value never stands in an error of a secret variable.

import {
  integer,
  readVariables,
  Secret,
  type Values,
  type Variable,
  type Variables,
} from "./environment.ts";
import { parseAddress } from "./database/address.ts";

/** The service's own variables. */
export interface ServiceVariables extends Variables {
  readonly DATABASE_URL: Variable<Secret>;
  readonly DATABASE_CONNECTIONS: Variable<number>;
  readonly CONNECT_TIMEOUT_MS: Variable<number>;
  readonly REQUEST_TIMEOUT_MS: Variable<number>;
  readonly MAX_IN_FLIGHT: Variable<number>;
  readonly TENANT_MAX_IN_FLIGHT: Variable<number>;
  readonly MAX_BODY_BYTES: Variable<number>;
  readonly MAX_RESPONSE_ROWS: Variable<number>;
  readonly MAX_RESPONSE_BYTES: Variable<number>;
  readonly TRUST_PROXY: Variable<boolean>;
  readonly LISTEN_HOST: Variable<string>;
  readonly PORT: Variable<number>;
  readonly SHUTDOWN_SECONDS: Variable<number>;
  readonly LOG_LEVEL: Variable<LogLevel>;
  readonly METRICS_PORT: Variable<number | undefined>;
  readonly METRICS_HOST: Variable<string>;
  readonly METRICS_MAX_TENANTS: Variable<number>;
}

/** From the most to the least that is logged. */
export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

const PORT_NUMBER = integer("5000", 1, 65_535, "Port to listen on");

/** See {@link ServiceVariables}. */
export const SERVICE_VARIABLES: ServiceVariables = {
  DATABASE_URL: {
    about: "Where the service role connects: a transaction pooler, or PostgreSQL itself",
    secret: true,
    parse: parseDatabaseUrl,
  },
  DATABASE_CONNECTIONS: integer(
    "16",
    1,
    1000,
    "Connections to the database; each runs one message",
  ),
  CONNECT_TIMEOUT_MS: integer("5000", 100, 60_000, "How long opening a connection may take"),
  REQUEST_TIMEOUT_MS: integer(
    "15000",
    100,
    600_000,
    "How long a message or transaction may take; up to half of it waiting for a connection",
  ),
  MAX_IN_FLIGHT: integer("256", 1, 100_000, "Requests at work at once; one more is answered 503"),
  TENANT_MAX_IN_FLIGHT: integer(
    "64",
    1,
    100_000,
    "Requests of one host at work at once; one more is answered 429",
  ),
  MAX_BODY_BYTES: integer("131072", 1, 104_857_600, "The largest request body"),
  MAX_RESPONSE_ROWS: integer("10000", 1, 10_000_000, "The most rows that a message may give"),
  MAX_RESPONSE_BYTES: integer(
    "8388608",
    1,
    1_073_741_824,
    "The most bytes that a message may give, and an answer may have",
  ),
  TRUST_PROXY: {
    fallback: "false",
    about:
      "`true` takes the host from `X-Forwarded-Host` and the id from `X-Request-Id`: " +
      "only behind a proxy that sets both",
    parse: parseBoolean,
  },
  LISTEN_HOST: {
    fallback: "127.0.0.1",
    about: "Address to listen on; `0.0.0.0` in a container",
    parse: (text) => text,
  },
  PORT: PORT_NUMBER,
  SHUTDOWN_SECONDS: integer("10", 1, 600, "How long requests may finish after SIGTERM or SIGINT"),
  LOG_LEVEL: {
    fallback: "info",
    about:
      "`debug`, `info`, `warn`, `error` or `silent`; a request's line has level info or higher",
    parse: parseLogLevel,
  },
  METRICS_PORT: {
    fallback: "",
    about: "Port of its own that serves Prometheus' text at `/metrics`, on Node; none: no metrics",
    parse: (text) => (text === "" ? undefined : PORT_NUMBER.parse(text)),
  },
  METRICS_HOST: {
    fallback: "127.0.0.1",
    about: "Address that METRICS_PORT listens on; whoever reaches it reads the tenants' names",
    parse: (text) => text,
  },
  METRICS_MAX_TENANTS: integer(
    "100",
    0,
    10_000,
    "Tenants that metrics name: the first, and the busiest; the rest are `other`",
  ),
};

/** What the service is configured with, frozen. */
export type Config = Values<ServiceVariables>;

/**
 * Reads the service's variables.
 * @param env names to texts; an empty text counts as unset
 * @throws {ConfigError} that lists every problem at once, one line each
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  return readVariables(SERVICE_VARIABLES, env);
}

/**
 * Checks a PostgreSQL URL without ever repeating it.
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
  if (level === undefined) throw new Error(`"${text}" is none of ${LOG_LEVELS.join(", ")}`);
  return level;
}
