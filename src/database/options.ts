// What a database is opened with. Apart from the driver, so that a program can read it and load no package.

import type { Secret } from "../environment.ts";

/** The options of {@link openDatabase}. */
export interface DatabaseOptions {
  /**
   * `postgres://USER:PASSWORD@HOST:PORT/DATABASE` of the service role, with the parameters `sslmode`, `sslrootcert`
   * and `application_name` at most.
   */
  readonly url: string | Secret;
  /**
   * Other databases that have tenants, as URLs by name; none by default. A name has lower-case letters, digits and `_`.
   * Every other option counts for each database.
   */
  readonly others?: Readonly<Record<string, string | Secret>>;
  /**
   * The most connections, opened as needed; 64 by default. A server or pooler that takes fewer shows it by a refusal, and
   * the service uses what it has.
   */
  readonly connections?: number;
  /**
   * The most connections while messages wait, every message takes 8 ms or longer, and a transaction pooler is proved;
   * never fewer than `connections`. By default `connections` where it is given, else 192.
   */
  readonly farConnections?: number;
  /** The most connections that one tenant uses at once; 16 by default. */
  readonly tenantConnections?: number;
  /** How long opening a connection may take, in milliseconds; 5,000 by default. */
  readonly connectTimeoutMs?: number;
  /** How long a message or a transaction may take, in milliseconds; 15,000 by default. */
  readonly requestTimeoutMs?: number;
  /**
   * With `others`: how long a write waits while its tenant moves to another database, in milliseconds; 2,000 by default,
   * and never more than half of `requestTimeoutMs`.
   */
  readonly moveWaitMs?: number;
  /**
   * With `others`: the most messages and transactions in progress at all databases together; 256 by default. One that is
   * busy gets three quarters of them at most, one that does not answer a quarter.
   */
  readonly maxInFlight?: number;
  /** The most rows that a message may return; 10,000 by default. */
  readonly maxRows?: number;
  /** The most bytes that a message may return; 8 MiB by default. */
  readonly maxBytes?: number;
}

/** The default options. */
export const DATABASE_DEFAULTS: Required<Omit<DatabaseOptions, "url">> = {
  others: {},
  connections: 64,
  farConnections: 192,
  tenantConnections: 16,
  connectTimeoutMs: 5000,
  requestTimeoutMs: 15_000,
  moveWaitMs: 2000,
  maxInFlight: 256,
  maxRows: 10_000,
  maxBytes: 8_388_608,
};

/** Adds the defaults. Where the number of connections is given and the one of far databases is not, they are the same. */
export function withDefaults(options: DatabaseOptions): Required<DatabaseOptions> {
  const { connections, farConnections = connections ?? DATABASE_DEFAULTS.farConnections } = options;
  return { ...DATABASE_DEFAULTS, ...options, farConnections };
}
