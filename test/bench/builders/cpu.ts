// What a query costs this process with the builders, beside the tag and beside the builders' own drivers: CPU time in
// µs, of a select of ten rows from one PostgreSQL. Prints a table for the page of the builders.

import { cpus } from "node:os";
import process from "node:process";
import { asc, gt, relations, sql } from "drizzle-orm";
import { drizzle as nodePostgres } from "drizzle-orm/node-postgres";
import { drizzle as postgresJs } from "drizzle-orm/postgres-js";
import { integer, type PgDatabase, type PgQueryResultHKT, pgTable } from "drizzle-orm/pg-core";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import postgres from "postgres";
import { drizzle } from "../../../src/builders/drizzle/drizzle.ts";
import { kysely } from "../../../src/builders/kysely/kysely.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { parseHost } from "../../../src/host.ts";
import { createTenant } from "../../../src/tenant.ts";
import { openOwnServer } from "../../support/server/own-server.ts";
import { openRun } from "../../support/program/run.ts";

const HOST = "acme.example.com";
const ROWS = 10;
const AT_ONCE = 8;
const WARM_UP = 1500;
const QUERIES = 240;
const ROUNDS = 40;
const CONNECTIONS = 4;

const data = pgTable("data", { key: integer().primaryKey(), value: integer().notNull() });
const note = pgTable("note", { id: integer().primaryKey(), key: integer().notNull() });
const dataRelations = relations(data, ({ many }) => ({ notes: many(note) }));
const noteRelations = relations(note, ({ one }) => ({
  data: one(data, { fields: [note.key], references: [data.key] }),
}));
const schema = { data, note, dataRelations, noteRelations };

interface Tables {
  readonly data: { readonly key: number; readonly value: number };
}
type Ask = (from: number) => PromiseLike<readonly unknown[]>;
type Drizzle = PgDatabase<PgQueryResultHKT, typeof schema>;

const TEXT = 'select "key", "value" from "data" where "key" > $1 order by "key" limit $2';

const selectKysely =
  (db: () => Kysely<Tables>): Ask =>
  (from) =>
    db()
      .selectFrom("data")
      .select(["key", "value"])
      .where("key", ">", from)
      .orderBy("key")
      .limit(ROWS)
      .execute();
const selectDrizzle =
  (db: () => Drizzle): Ask =>
  (from) =>
    db().select().from(data).where(gt(data.key, from)).orderBy(asc(data.key)).limit(ROWS);
const prepareDrizzle = (db: Drizzle): Ask => {
  const from = sql.placeholder("from");
  const query = db
    .select()
    .from(data)
    .where(gt(data.key, from))
    .orderBy(asc(data.key))
    .limit(ROWS)
    .prepare("ten");
  return (key) => query.execute({ from: key });
};
const relateDrizzle =
  (db: () => Drizzle): Ask =>
  (from) =>
    db().query.data.findMany({
      where: gt(data.key, from),
      orderBy: asc(data.key),
      limit: ROWS,
      with: { notes: true },
    });

const run = openRun();
try {
  const server = await openOwnServer({ acme: HOST });
  await server.sql(
    "insert into acme.data select n, n from generate_series(1, 1000) n",
    "create table acme.note (id int primary key, key int not null)",
    "insert into acme.note select n, n from generate_series(1, 1000) n",
    "create index on acme.note (key)",
    "analyze acme.data, acme.note",
    "grant select on acme.note to public",
  );
  await measure(server.serviceUrl, server.adminUrl);
} finally {
  await run.close();
}

async function measure(serviceUrl: string, adminUrl: string): Promise<void> {
  const database = openDatabase({ url: serviceUrl, connections: CONNECTIONS });
  const tenant = createTenant(database, parseHost(HOST));
  const pool = new pg.Pool({
    connectionString: adminUrl,
    options: "-c search_path=acme",
    max: CONNECTIONS,
  });
  const connection = { search_path: "acme" };
  const driver = postgres(adminUrl, { connection, max: CONNECTIONS, onnotice: () => {} });
  const ownKysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const onPg = nodePostgres(pool, { schema });
  const onJs = postgresJs(driver, { schema });
  const ours = drizzle(tenant, { schema });
  const asked: readonly (readonly [what: string, ...Ask[]])[] = [
    [
      "the tag",
      (from) => tenant`select key, value from data where key > ${from} order by key limit ${ROWS}`,
    ],
    [
      "SQL with parameters",
      (from) => tenant.query(TEXT, [from, ROWS]),
      (from) => pool.query(TEXT, [from, ROWS]).then(({ rows }) => rows as unknown[]),
      (from) => driver.unsafe(TEXT, [from, ROWS], { prepare: true }),
    ],
    ["Kysely", selectKysely(() => kysely<Tables>(tenant)), selectKysely(() => ownKysely)],
    [
      "Drizzle",
      selectDrizzle(() => drizzle(tenant, { schema })),
      selectDrizzle(() => onPg),
      selectDrizzle(() => onJs),
    ],
    ["Drizzle, prepared", prepareDrizzle(ours), prepareDrizzle(onPg), prepareDrizzle(onJs)],
    [
      "Drizzle, relational",
      relateDrizzle(() => drizzle(tenant, { schema })),
      relateDrizzle(() => onPg),
      relateDrizzle(() => onJs),
    ],
  ];
  const cells = asked.map(([what, ...asks]) => ({ what, asks, best: asks.map(() => Infinity) }));
  for (const { asks } of cells) for (const ask of asks) await send(ask, WARM_UP);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { asks, best } of cells) {
      for (const [at, ask] of asks.entries()) {
        const before = process.cpuUsage();
        await send(ask, QUERIES);
        const { user, system } = process.cpuUsage(before);
        best[at] = Math.min(best[at] ?? Infinity, (user + system) / QUERIES);
      }
    }
  }
  await Promise.all([database.close(1), pool.end(), driver.end()]);
  process.stdout.write(
    `Node ${process.versions.node}, ${cpus()[0]?.model.trim() ?? "unknown processor"}\n\n`,
  );
  process.stdout.write(
    "| a select of ten rows | Rowhouse | node-postgres | postgres.js |\n| --- | ---: | ---: | ---: |\n",
  );
  for (const { what, best } of cells) {
    const all = [0, 1, 2].map((at) => (best[at] === undefined ? "" : best[at].toFixed(0)));
    process.stdout.write(`| ${what} | ${all.join(" | ")} |\n`);
  }
}

async function send(ask: Ask, count: number): Promise<void> {
  for (let done = 0; done < count; done += AT_ONCE) {
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, at) => ask((done + at) % 900)),
    );
    if (answers.some(({ length }) => length !== ROWS))
      throw new Error("Cannot measure: an answer has other rows");
  }
}
