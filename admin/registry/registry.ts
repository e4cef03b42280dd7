// The registry as the verbs see it: Sequelize models of the schema "rowhouse", on the admin role's own
// direct connection, and queries beside them. Every name carries its schema; the session's search_path has PostgreSQL's own alone.

import type { QueryTypes } from "sequelize";
import { systemActor } from "./actor.ts";
import { readConnection } from "./connection/connection.ts";
import { HOME, Others } from "./others.ts";
import { type Models, openModels } from "./connection/models.ts";
import type { PlainPool } from "./connection/plain-pool.ts";
import type { Transaction } from "./connection/transaction.ts";
import { clientOf } from "./connection/transaction-client.ts";

export type { DomainRow, Installation, TenantRow } from "./rows.ts";
export type { Settings, TenantStatus, Transition } from "./tenants/state.ts";

/** An open registry. The first look at Sequelize or a model loads Sequelize. */
export interface Registry extends Models {
  /** The admin role's URL, for work that needs a connection of its own. */
  readonly url: string;
  /**
   * Runs one SQL command outside a transaction, on any free connection, and returns its rows.
   * @throws Sequelize's or pg's DatabaseError
   */
  read<R extends object>(this: void, text: string, bind: readonly unknown[]): Promise<R[]>;
  /**
   * Runs `work` in a transaction, which commits when `work` resolves and is rolled back when it rejects. It is one of pg
   * alone until Sequelize is loaded, and one of Sequelize after that.
   */
  withTransaction<T>(this: void, work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Loads Sequelize, for later transactions in which a migration is a module. */
  loadModels(this: void): void;
  /** The folder of the tenant migrations; undefined for the example application's folder. */
  readonly tenantMigrations: string | undefined;
  /** The folder of the shared migrations; undefined for none. */
  readonly sharedMigrations: string | undefined;
  /** In whose name the verbs change something; the events tell it. */
  readonly actor: string;
  /** The name of this database: "home", or that of its variable. */
  readonly database: string;
  /** The other databases of home's installation. Those of another database are empty. */
  readonly others: Others<Registry>;
  /** Returns this registry, on the same connections, for another actor. */
  as(this: void, actor: string): Registry;
}

/** An open registry that its owner closes. */
export interface OpenRegistry extends Registry {
  /** Closes its connections, when the work on them has ended. */
  close(this: void): Promise<void>;
}

/** The options of {@link openRegistry}. */
export interface RegistryOptions {
  /** The folder of the application's own tenant migrations. */
  readonly tenantMigrations?: string | undefined;
  /** The folder of the migrations of the shared schemas. */
  readonly sharedMigrations?: string | undefined;
  /** In whose name it changes something, read by parseActor; the process's user when left out. */
  readonly actor?: string | undefined;
  /** How long a connection waits for more work before it is closed; a second when left out. */
  readonly idleMs?: number | undefined;
  /** The admin role's URLs of the other databases, by name. */
  readonly databases?: ReadonlyMap<string, string> | undefined;
}

/** Maximum number of connections of a registry. It opens only those that it uses. */
export const MAX_CONNECTIONS = 64;

const IDLE_MS = 1000;

// Sequelize's QueryTypes.SELECT, without loading Sequelize.
const SELECT = "SELECT" as QueryTypes.SELECT;

/** Opens a registry. It does not connect before its first query, except to ask whether the server accepts TLS. */
export async function openRegistry(
  url: string,
  { databases = new Map(), ...options }: RegistryOptions = {},
): Promise<OpenRegistry> {
  const others = new Others(databases, (name, other) => openOne(other, options, name));
  return openOne(url, options, HOME, others);
}

async function openOne(
  url: string,
  options: RegistryOptions,
  database: string,
  others: Others<Registry> = new Others(new Map(), () => openRegistry(url)),
): Promise<OpenRegistry> {
  const { tenantMigrations, sharedMigrations, actor = systemActor(), idleMs = IDLE_MS } = options;
  const connection = await readConnection(url, "rowhouse-admin");
  const pool = { most: MAX_CONNECTIONS, idleMs };
  let models: Models | undefined;
  let plain: PlainPool | undefined;
  const load = (): Models => (models ??= openModels(connection, database, pool));
  const findPlain = async (): Promise<PlainPool> => {
    const { openPlainPool } = await import("./connection/plain-pool.ts");
    return (plain ??= openPlainPool(connection, database, pool));
  };
  const openAs = (name: string): OpenRegistry => ({
    url,
    tenantMigrations,
    sharedMigrations,
    actor: name,
    database,
    others,
    as: openAs,
    async read<R extends object>(text: string, bind: readonly unknown[]) {
      // Where the models have connections, they are enough.
      if (models === undefined) return (await findPlain()).read<R>(text, bind);
      const values = bind.length > 0 ? { bind: [...bind] } : {};
      return models.sequelize.query<R>(text, { type: SELECT, ...values });
    },
    async withTransaction(work) {
      if (models === undefined) return (await findPlain()).withTransaction(work);
      return models.sequelize.transaction(work);
    },
    loadModels: () => void load(),
    get sequelize() {
      return load().sequelize;
    },
    get Tenant() {
      return load().Tenant;
    },
    get Domain() {
      return load().Domain;
    },
    async close() {
      await others.close();
      await Promise.all([plain?.close(), models?.sequelize.close()]);
    },
  });
  return openAs(actor);
}

/**
 * Opens the registry, passes it to `work`, and closes it in any case.
 * @param tenantMigrations the folder of the application's own tenant migrations
 * @param sharedMigrations the folder of the migrations of the shared schemas
 * @param actor as in {@link RegistryOptions}
 */
export async function withRegistry<T>(
  url: string,
  work: (registry: Registry) => Promise<T>,
  tenantMigrations?: string,
  sharedMigrations?: string,
  actor?: string,
): Promise<T> {
  const registry = await openRegistry(url, { tenantMigrations, sharedMigrations, actor });
  try {
    return await work(registry);
  } finally {
    await registry.close();
  }
}

/** Runs one SQL command outside a transaction, as {@link Registry.read} does. */
export function readRows<R extends object>(
  { read }: Pick<Registry, "read">,
  text: string,
  bind: readonly unknown[] = [],
): Promise<R[]> {
  return read<R>(text, bind);
}

/**
 * Runs one SQL command within a transaction and returns its rows. It uses the transaction's own client:
 * Sequelize's overhead per query would double the cost of a small command, thousands of times.
 * @throws pg's DatabaseError
 */
export async function query<R extends object>(
  transaction: Transaction,
  text: string,
  bind: readonly unknown[] = [],
): Promise<R[]> {
  const client = clientOf(transaction);
  const { rows } = await (bind.length > 0
    ? client.query<R>(text, [...bind])
    : client.query<R>(text));
  return rows;
}

/** Reads the name of the registry's database. */
export async function readDatabaseName(transaction: Transaction): Promise<string> {
  const text = "select current_database() as name";
  const [row] = await query<{ name: string }>(transaction, text);
  if (row === undefined)
    throw new Error("Cannot read the database's name: current_database() returned nothing");
  return row.name;
}

/** Returns whether the registry has this table. */
export async function hasTable(
  transaction: Transaction,
  name: "installation" | "registry_migration",
): Promise<boolean> {
  const text = "select to_regclass($1) is not null as found";
  const [row] = await query<{ found: boolean }>(transaction, text, [`rowhouse.${name}`]);
  return row?.found === true;
}
