// What is not the same on Rowhouse's adapters and on the builders' own drivers. The page has a row for each, with what
// both give and the reason.

import { sql as drizzleSql } from "drizzle-orm";
import {
  integer,
  type PgDatabase,
  type PgQueryResultHKT,
  pgTable,
  text,
} from "drizzle-orm/pg-core";
import { type Kysely, sql } from "kysely";
import { show } from "./tables.ts";

/** Any database of Drizzle. */
export type AnyDrizzle = PgDatabase<PgQueryResultHKT>;
/** Any database of Kysely. */
export type AnyKysely = Kysely<Record<string, Record<string, unknown>>>;

/** A difference by the text of its row. */
export interface Difference<Db> {
  readonly what: string;
  readonly run: (db: Db) => Promise<unknown>;
}

const tag = pgTable("tag", { id: integer().primaryKey(), name: text().notNull() });

/** One value of one row. */
const value = async (db: AnyKysely, text: string): Promise<unknown> => {
  const { rows } = await sql<{ v: unknown }>`select ${sql.raw(text)} as v`.execute(db);
  return rows[0]?.v;
};

/** Kysely on node-postgres. */
export const OF_KYSELY: readonly Difference<AnyKysely>[] = [
  { what: "`date`", run: (db) => value(db, "date '2024-01-02'") },
  { what: "`timestamp`", run: (db) => value(db, "timestamp '2024-01-02 03:04:05'") },
  {
    what: "a Date for a `timestamp`",
    run: async (db) => {
      const { rows } = await sql<{
        v: string;
      }>`select ${new Date("2024-01-02T03:04:05Z")}::timestamp::text as v`.execute(db);
      return rows[0]?.v;
    },
  },
  { what: "a date before Christ", run: (db) => value(db, "date '0044-03-15 BC'") },
  { what: "`interval`", run: (db) => value(db, "interval '1 day 2 hours'") },
  { what: "`point`", run: (db) => value(db, "point '(1,2)'") },
  { what: "`numeric[]`", run: (db) => value(db, "array[1.50]") },
  {
    what: "`bytea`",
    run: async (db) =>
      (await value(db, "decode('01', 'hex')"))?.constructor.name === "Buffer"
        ? "Buffer"
        : "Uint8Array",
  },
  {
    what: "`undefined` as a value",
    run: async (db) =>
      (await sql<{ v: unknown }>`select ${undefined}::text as v`.execute(db)).rows[0]?.v,
  },
  {
    what: "`$1 is null`",
    run: async (db) =>
      (await sql<{ v: unknown }>`select ${"a"} is null as v`.execute(db)).rows[0]?.v,
  },
  {
    what: "`order by $1`",
    run: async (db) => (await sql`select id from tag order by ${"a"} limit 1`.execute(db)).rows,
  },
  { what: "`'a\\b'` in the text", run: (db) => value(db, String.raw`'a\b'`) },
  {
    what: "a statement of a transaction fails, and its error is caught",
    run: (db) =>
      db.transaction().execute(async (tx) => {
        await tx
          .insertInto("tag")
          .values({ id: 1, name: "red" })
          .execute()
          .catch(() => {});
      }),
  },
  {
    what: "`db.schema`",
    run: (db) => db.schema.createTable("made").addColumn("id", "integer").execute(),
  },
];

/** Drizzle on node-postgres. */
export const OF_DRIZZLE: readonly Difference<AnyDrizzle>[] = [
  {
    what: "`db.execute()`",
    run: async (db) => {
      const result: unknown = await db.execute(drizzleSql`select 1 as one`);
      const { rows, rowCount, count } = result as Record<string, unknown>;
      return { isArray: Array.isArray(result), rows, rowCount, count };
    },
  },
  {
    what: "a statement of a transaction fails, and its error is caught",
    run: (db) =>
      db.transaction(async (tx) => {
        await tx
          .insert(tag)
          .values({ id: 1, name: "red" })
          .catch(() => {});
      }),
  },
  {
    what: "`tx.setTransaction()`",
    run: (db) =>
      db
        .transaction((tx) => tx.setTransaction({ isolationLevel: "serializable" }))
        .then(() => "set"),
  },
  {
    what: "DDL in `db.execute()`",
    run: (db) => db.execute(drizzleSql`create table made_too ()`).then(() => "made"),
  },
];

/** Drizzle on postgres.js. */
export const OF_POSTGRES_JS: readonly Difference<AnyDrizzle>[] = [
  {
    what: "NULL in an array of text",
    run: async (db) => {
      const rows = await db
        .select({ v: drizzleSql`array['a', null]` })
        .from(tag)
        .limit(1);
      return rows[0]?.v;
    },
  },
];

/** What a driver gives, as a cell of the table shows it. */
export async function give<Db>({ run }: Difference<Db>, db: Db): Promise<string> {
  const given = show(await run(db).catch((error: unknown) => error));
  return given.replaceAll("|", "\\|");
}
