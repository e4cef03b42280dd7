// What of Kysely there is without a tenant. Writes, transactions and DDL are left out of the type; the database refuses
// those of raw SQL.

import type {
  Expression,
  Kysely,
  QueryCreator,
  QueryCreatorWithCommonTableExpression,
} from "kysely";

/** The queries that read. */
export interface SharedQueries<DB> extends Pick<QueryCreator<DB>, "selectFrom" | "selectNoFrom"> {
  /** Puts a query that reads in front of another, as Kysely's `with` does. */
  with<N extends string, E extends (queries: SharedQueries<DB>) => Expression<unknown>>(
    name: N,
    expression: E,
  ): QueryCreatorWithCommonTableExpression<DB, N, E> extends QueryCreator<infer D>
    ? SharedQueries<D>
    : never;
}

/** Kysely on the shared schemas: what reads, without transactions. It also executes a raw `` sql`select …` ``. */
export interface SharedKysely<DB>
  extends SharedQueries<DB>, Pick<Kysely<DB>, "fn" | "case" | "dynamic" | "getExecutor"> {}
