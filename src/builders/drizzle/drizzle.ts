// Drizzle on a tenant. A query is one message, a transaction is the tenant's own, and a batch is one message.

import {
  createTableRelationsHelpers,
  DefaultLogger,
  type DrizzleConfig,
  type ExtractTablesWithRelations,
  extractTablesRelationalConfig,
  type RelationalSchemaConfig,
  type TablesRelationalConfig,
} from "drizzle-orm";
import type { BatchItem, BatchResponse } from "drizzle-orm/batch";
import { PgDatabase, PgDialect } from "drizzle-orm/pg-core";
import type { Tag } from "../../query.ts";
import type { Tenant, Transaction } from "../../tenant.ts";
import type { Ground } from "../begin.ts";
import { type TenantResultKind, TenantSession } from "./session.ts";

export type { TenantResult, TenantResultKind } from "./session.ts";

/** Drizzle's own options; a cache is not among them, because Drizzle's does not tell tenants apart. */
export type DrizzleOptions<S extends Record<string, unknown>> = Omit<DrizzleConfig<S>, "cache">;

/** Drizzle's database on a tenant or on a transaction of it; on the shared schemas, as {@link SharedDatabase}. */
export class TenantDatabase<S extends Record<string, unknown>> extends PgDatabase<
  TenantResultKind,
  S
> {
  readonly #session: TenantSession<S, ExtractTablesWithRelations<S>>;

  /** The same as {@link drizzle}. */
  constructor(
    dialect: PgDialect,
    session: TenantSession<S, ExtractTablesWithRelations<S>>,
    schema: RelationalSchemaConfig<ExtractTablesWithRelations<S>> | undefined,
  ) {
    super(dialect, session, schema);
    this.#session = session;
  }

  /** Sends several queries as one message, all or nothing, and gives their results in order. */
  batch<U extends BatchItem<"pg">, Q extends readonly [U, ...U[]]>(
    queries: Q,
  ): Promise<BatchResponse<Q>> {
    return this.#session.batch(queries) as Promise<BatchResponse<Q>>;
  }
}

type Reading = "select" | "selectDistinct" | "selectDistinctOn";
type With<S extends Record<string, unknown>> = TenantDatabase<S>["with"];

/** Drizzle's database on the shared schemas: what reads, without transactions. */
export interface SharedDatabase<S extends Record<string, unknown>> extends Pick<
  TenantDatabase<S>,
  Reading | "query" | "$with" | "$count" | "execute" | "batch"
> {
  /** Puts queries of `$with` in front of one that reads. */
  with(...queries: Parameters<With<S>>): Pick<ReturnType<With<S>>, Reading>;
}

/** The relations of each schema that an application has passed: finding them takes longer than a query. */
const relations = new WeakMap<object, RelationalSchemaConfig<TablesRelationalConfig>>();

/**
 * Creates Drizzle for one tenant, or for one transaction of it, whose own transactions are then savepoints. It holds
 * nothing open, so each request makes its own.
 * @throws {TypeError} for a cache
 * @example
 * ```ts
 * import { integer, pgTable, text } from "drizzle-orm/pg-core";
 * import type { TenantExchange } from "rowhouse";
 * import { drizzle } from "rowhouse/drizzle";
 *
 * const note = pgTable("note", { id: integer().primaryKey(), text: text().notNull() });
 *
 * export function listNotes({ tenant }: TenantExchange): Promise<readonly { text: string }[]> {
 *   return drizzle(tenant).select({ text: note.text }).from(note).orderBy(note.id);
 * }
 * ```
 */
export function drizzle<S extends Record<string, unknown> = Record<string, never>>(
  tenant: Tenant<unknown> | Transaction,
  options?: DrizzleOptions<S>,
): TenantDatabase<S>;
/**
 * Creates Drizzle for the shared schemas, on the `shared` of a handler behind `withoutTenant`. It reads, each query or
 * batch in one message; PostgreSQL refuses a write in `execute()` with SQLSTATE 25006.
 * @throws {TypeError} for a cache
 * @example
 * ```ts
 * import { integer, pgTable, text } from "drizzle-orm/pg-core";
 * import type { SharedExchange } from "rowhouse";
 * import { drizzle } from "rowhouse/drizzle";
 *
 * const plan = pgTable("plan", { name: text().primaryKey(), price: integer().notNull() });
 *
 * export function listPlans({ shared }: SharedExchange): Promise<readonly { name: string }[]> {
 *   return drizzle(shared).select().from(plan).orderBy(plan.price);
 * }
 * ```
 */
export function drizzle<S extends Record<string, unknown> = Record<string, never>>(
  shared: Tag,
  options?: DrizzleOptions<S>,
): SharedDatabase<S>;
export function drizzle<S extends Record<string, unknown> = Record<string, never>>(
  ground: Ground,
  options: DrizzleOptions<S> = {},
): TenantDatabase<S> {
  if ("cache" in options && options.cache !== undefined) {
    throw new TypeError("Cannot use Drizzle's cache: it does not tell tenants apart");
  }
  const dialect = new PgDialect(options.casing && { casing: options.casing });
  const schema = options.schema && readRelations(options.schema);
  const logger = options.logger === true ? new DefaultLogger() : options.logger || undefined;
  return new TenantDatabase<S>(dialect, new TenantSession(ground, dialect, schema, logger), schema);
}

function readRelations<S extends Record<string, unknown>>(
  fullSchema: S,
): RelationalSchemaConfig<ExtractTablesWithRelations<S>> {
  let found = relations.get(fullSchema);
  if (found === undefined) {
    const { tables, tableNamesMap } = extractTablesRelationalConfig(
      fullSchema,
      createTableRelationsHelpers,
    );
    found = { fullSchema, schema: tables, tableNamesMap };
    relations.set(fullSchema, found);
  }
  return found as RelationalSchemaConfig<ExtractTablesWithRelations<S>>;
}
