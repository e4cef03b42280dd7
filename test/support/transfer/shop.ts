// An application whose tables have everything that a copy can get wrong: odd names, foreign keys in either
// direction, identities, generated columns, sequences, triggers, partitions, rows from migrations.

import type { TestDatabase } from "../database/database.ts";
import { makeMigrations, type MigrationsFolder } from "../sql/migrations.ts";

/** The tables of the application, as SQL writes them. */
export const SHOP_TABLES: readonly string[] = [
  '"a child"',
  "counter",
  "empty",
  "nothing",
  "part",
  '"we""ird"',
  "z_parent",
];

/** Writes the migrations of the application: two versions. */
export async function makeShop(): Promise<MigrationsFolder> {
  const shop = await makeMigrations();
  const t = (name: string): string => `"\${schema}".${name}`;
  await shop.write("0001-shop", [
    `create table ${t("z_parent")} (id int primary key, favourite int, name text)`,
    `create table ${t('"a child"')} (
       id int primary key, parent int not null, constraint "to ""parent"""
       foreign key (parent) references ${t("z_parent")} on delete cascade deferrable initially deferred)`,
    `alter table ${t("z_parent")} add foreign key (favourite) references ${t('"a child"')}`,
    `insert into ${t("z_parent")} values (-1, null, 'from the migration')`,
    `create table ${t('"we""ird"')} (
       id int generated always as identity primary key, "co""l 1" text, twice int generated always as (id * 2) stored,
       at timestamptz, wait interval, raw bytea, ratio float8, list text[], body jsonb, cost money, day date)`,
    `create table ${t("counter")} (id bigserial primary key, n int not null)`,
    `create function ${t("more")}() returns trigger language plpgsql as
       $body$ begin new.n = new.n + 1; return new; end $body$`,
    `create trigger more before insert on ${t("counter")} for each row execute function ${t("more")}()`,
    `create sequence ${t('"Lone"')} start 7`,
    `create table ${t("part")} (id int, kind text) partition by list (kind)`,
    `create table ${t("part_a")} partition of ${t("part")} for values in ('a')`,
    `create table ${t("part_rest")} partition of ${t("part")} default`,
    `create table ${t("empty")} (id int primary key, dropped int, kept int)`,
    `alter table ${t("empty")} drop column dropped`,
    `create table ${t("nothing")} ()`,
    `create materialized view ${t("total")} as select sum(n) as n from ${t("counter")}`,
  ]);
  await shop.write(
    "0002-note",
    [`alter table ${t("counter")} add column note text default 'none'`],
    [`alter table ${t("counter")} drop column note`],
  );
  return shop;
}

/** Texts that break what reads or writes text carelessly. */
export const HOSTILE_TEXTS: readonly string[] = [
  "",
  "\\.",
  "\n\\.\n",
  "\\N",
  "a\tb\r\nc\vd\be\ff",
  `'";--$$/*`,
  "\\\\x\\'",
  "\u0001\u007f\u0085\u2028\ufeff\ud83d\ude00e\u0301",
  "x".repeat(1_000_000),
];

/** Fills a tenant of the application. */
export async function fillShop(database: TestDatabase, schema: string): Promise<void> {
  const texts = HOSTILE_TEXTS.map((text) => `(E'${text.replaceAll(/[\\']/g, "\\$&")}')`);
  await database.sql(
    `insert into ${schema}.z_parent select i, null, 'p' || i from generate_series(1, 50) i`,
    `insert into ${schema}."a child" select i, 1 + i % 50 from generate_series(1, 200) i`,
    `update ${schema}.z_parent set favourite = id where id > 0`,
    `insert into ${schema}."we""ird" ("co""l 1") values (null), ${texts.join(", ")}`,
    `update ${schema}."we""ird" set at = '1999-12-31 23:59:59.999999+13', wait = '-1 mon 3 days -00:00:01.5',
       raw = '\\x00ff0a5c', ratio = 0.1::float8 + 0.2, list = array[null, '', 'NULL', 'a,"b\\', E'\\n'],
       body = '{"a": "\\n\\t\\\\"}', cost = 1234.5, day = '0044-03-15 BC'`,
    `insert into ${schema}."we""ird" (at, ratio, day) values ('infinity', 'NaN', '-infinity'), (null, '-0', null)`,
    `insert into ${schema}.counter (n) select i from generate_series(1, 30) i`,
    `delete from ${schema}.counter where id > 25`,
    `select nextval('${schema}."Lone"')`,
    `insert into ${schema}.part select i, chr(97 + i % 3) from generate_series(1, 30) i`,
    `insert into ${schema}.nothing select from generate_series(1, 3)`,
    `refresh materialized view ${schema}.total`,
  );
}

/** Everything that a tenant of the application has, to be compared. */
export async function readShop(database: TestDatabase, schema: string): Promise<unknown> {
  const rows: Record<string, unknown> = {};
  for (const table of [...SHOP_TABLES, "total"]) {
    rows[table] = await database.sql(
      `select t::text as row from ${schema}.${table} as t order by 1`,
    );
  }
  const catalog = await database.sql(
    `select replace(pg_get_constraintdef(f.oid), $schema$${schema}.$schema$, '') as text, conname as name,
       f.conrelid::regclass::text like '%.%' as named
     from pg_constraint as f where connamespace = '${schema}'::regnamespace
     union all
     select tgname::text || tgenabled::text, '', true from pg_trigger join pg_class as c on c.oid = tgrelid
     where relnamespace = '${schema}'::regnamespace and not tgisinternal
     union all
     select last_value::text || is_called, 'Lone', true from ${schema}."Lone"
     union all
     select last_value::text || is_called, 'counter', true from ${schema}.counter_id_seq
     union all
     select last_value::text || is_called, 'weird', true from ${schema}."we""ird_id_seq"
     order by 1, 2`,
  );
  return { rows, catalog };
}
