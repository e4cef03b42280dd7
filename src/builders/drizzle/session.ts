// Drizzle's session on a tenant. Drizzle maps rows by itself: it wants arrays in the order of the columns, and dates as
// PostgreSQL writes them. https://orm.drizzle.team/docs/connect-drizzle-proxy

import { type Logger, NoopLogger, type Query, type RelationalSchemaConfig } from "drizzle-orm";
import { NoopCache } from "drizzle-orm/cache/core";
import {
  type PgDialect,
  type PgQueryResultHKT,
  PgSession,
  PgTransaction,
  type PgTransactionConfig,
  type PreparedQueryConfig,
  type SelectedFieldsOrdered,
} from "drizzle-orm/pg-core";
import { PreparedQuery, type RemoteCallback } from "drizzle-orm/pg-proxy";
import type { TablesRelationalConfig } from "drizzle-orm/relations";
import type { Row, Rows } from "../../database/values/rows.ts";
import type { Query as TenantQuery } from "../../query.ts";
import type { Transaction } from "../../tenant.ts";
import { begin, type Ground } from "../begin.ts";
import { Batch } from "./batch.ts";

/** The result of a query that Drizzle does not map: postgres.js's members, and node-postgres's. */
export type TenantResult<R> = Rows<R> & {
  /** The same rows. */
  readonly rows: readonly R[];
  /** The same as `count`. */
  readonly rowCount: number;
};

/** Tells Drizzle's types what a result is. */
export interface TenantResultKind extends PgQueryResultHKT {
  readonly type: TenantResult<this["row"]>;
}

const asText = (text: string): string => text;
/** The types that Drizzle reads from text: dates and times, their arrays, and the array of numeric. */
const parsers = new Map([1082, 1114, 1184, 1115, 1182, 1185, 1231].map((oid) => [oid, asText]));
const MAPPED = { rows: "arrays", parsers } as const;
const UNMAPPED = { rows: "objects", parsers } as const;

/** The batch that collects its queries, for as long as one turn of JavaScript. */
let collecting: { readonly batch: Batch; readonly session: object } | undefined;

/** Drizzle's session for one tenant or transaction, or for the shared schemas. */
export class TenantSession<
  F extends Record<string, unknown>,
  S extends TablesRelationalConfig,
> extends PgSession<TenantResultKind, F, S> {
  readonly #ground: Ground;
  readonly #schema: RelationalSchemaConfig<S> | undefined;
  readonly #logger: Logger | undefined;
  readonly #cache = new NoopCache();

  constructor(
    ground: Ground,
    dialect: PgDialect,
    schema: RelationalSchemaConfig<S> | undefined,
    logger: Logger | undefined,
  ) {
    super(dialect);
    this.#ground = ground;
    this.#schema = schema;
    this.#logger = logger;
  }

  prepareQuery<T extends PreparedQueryConfig>(
    query: Query,
    fields: SelectedFieldsOrdered | undefined,
    _name: string | undefined,
    isArrays: boolean,
    map?: (rows: unknown[][]) => T["execute"],
  ): PreparedQuery<T> {
    return new PreparedQuery<T>(
      this.#send,
      query.sql,
      query.params,
      undefined,
      this.#logger ?? new NoopLogger(),
      this.#cache,
      undefined,
      undefined,
      fields,
      isArrays,
      map,
    );
  }

  /** Runs a transaction, or a savepoint within one. */
  transaction<T>(
    work: (tx: TenantTransaction<F, S>) => Promise<T>,
    { isolationLevel, accessMode, deferrable }: PgTransactionConfig = {},
  ): Promise<T> {
    const run = (tx: Transaction): Promise<T> => {
      const session = new TenantSession<F, S>(tx, this.dialect, this.#schema, this.#logger);
      return work(new TenantTransaction(this.dialect, session, this.#schema));
    };
    return begin(this.#ground, run, { isolationLevel, accessMode, deferrable });
  }

  /** Sends queries as one message. */
  async batch(queries: readonly unknown[]): Promise<unknown[]> {
    const batch = new Batch();
    collecting = { batch, session: this };
    try {
      batch.start(queries);
    } finally {
      collecting = undefined;
    }
    return batch.send((together) => this.#ground.batch(together));
  }

  readonly #send: RemoteCallback = async (text, parameters, method) => {
    const query: TenantQuery = this.#ground.query(
      text,
      parameters,
      method === "all" ? MAPPED : UNMAPPED,
    );
    if (collecting !== undefined) {
      if (collecting.session !== this) {
        throw new TypeError("Cannot batch: a query was not made by this tenant's own database");
      }
      await collecting.batch.add(query);
    }
    const rows: readonly unknown[] = method === "all" ? await query : toResult(await query);
    // Drizzle does not change the rows.
    return { rows: rows as unknown[] };
  };
}

/** Drizzle's transaction on a transaction of the tenant. */
export class TenantTransaction<
  F extends Record<string, unknown>,
  S extends TablesRelationalConfig,
> extends PgTransaction<TenantResultKind, F, S> {
  readonly #session: TenantSession<F, S>;

  constructor(
    dialect: PgDialect,
    session: TenantSession<F, S>,
    schema: RelationalSchemaConfig<S> | undefined,
  ) {
    super(dialect, session, schema);
    this.#session = session;
  }

  /** Runs `work` in a savepoint. */
  transaction<T>(work: (tx: TenantTransaction<F, S>) => Promise<T>): Promise<T> {
    return this.#session.transaction(work);
  }
}

function toResult(rows: Rows): TenantResult<Row> {
  Object.defineProperty(rows, "rows", { value: rows });
  return Object.defineProperty(rows, "rowCount", { value: rows.count }) as TenantResult<Row>;
}
