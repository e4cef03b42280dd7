// What of a migration's text is read as the tenant's schema, and what stays.

import { expect } from "chai";
import { readFiles, renderText } from "../../support/sql/migration-folder.ts";

/** A rule, the text of a migration, and what runs for tenant acme. */
type Cases = readonly (readonly [rule: string, text: string, ...commands: string[]])[];

function rewrites(cases: Cases): void {
  for (const [rule, text, ...commands] of cases) {
    it(`readMigrationFolder() ${rule}`, async () => {
      expect(await renderText(text, ["extensions"])).to.deep.equal(commands);
    });
  }
}

describe("a migration's code", () => {
  rewrites([
    [
      "reads public. as the tenant's schema, however it is written",
      `create table public.a (b int references "public"."B", c PUBLIC.d); drop table a, public . b`,
      `create table "acme".a (b int references "acme"."B", c "acme".d)`,
      `drop table a, "acme" . b`,
    ],
    [
      "reads public.table.column",
      "update public.a set b = public.a.c from public.d",
      `update "acme".a set b = "acme".a.c from "acme".d`,
    ],
    [
      'leaves "Public", a.public and a column called public',
      `create table "Public" (public int); update a set b = a.public; select public from a`,
      `create table "Public" (public int)`,
      "update a set b = a.public",
      "select public from a",
    ],
    [
      "leaves texts, comments and other dollar quotes",
      "insert into a values ('public.b', $$public.b$$, $x$select public.b$x$, E'public.b') -- public.b\n",
      "insert into a values ('public.b', $$public.b$$, $x$select public.b$x$, E'public.b')",
    ],
    [
      "reads the schema public in lists of schemas",
      "grant usage on schema extensions, public to app; alter default privileges in schema public grant select on tables to app",
      `grant usage on schema extensions, "acme" to app`,
      `alter default privileges in schema "acme" grant select on tables to app`,
    ],
    [
      "leaves PUBLIC, the role of everybody",
      "revoke all on public.a from public; grant select on a to PUBLIC",
      `revoke all on "acme".a from public`,
      "grant select on a to PUBLIC",
    ],
    [
      "drops public. before names of extensions, but not where one is made",
      "create table public.vector (a public.citext, b uuid default public.uuid_generate_v4()); create index on a using gin (b public.gin_trgm_ops)",
      `create table "acme".vector (a citext, b uuid default uuid_generate_v4())`,
      "create index on a using gin (b gin_trgm_ops)",
    ],
    [
      "drops public. before operators, which are an extension's or found by the path",
      "create index on a using gist (b) where c operator(public.<->) d < 1",
      "create index on a using gist (b) where c operator(<->) d < 1",
    ],
    [
      "reads the bodies of begin atomic and return as code",
      "create function public.f() returns bigint begin atomic select count(*) from public.a; end; create function g() returns int return public.f()",
      `create function "acme".f() returns bigint begin atomic select count(*) from "acme".a; end`,
      `create function g() returns int return "acme".f()`,
    ],
  ]);
});

describe("a migration's blocks and functions", () => {
  rewrites([
    [
      "names the tenant's schema in DO",
      `do $$ begin alter table public.a add b "public".c; raise notice 'public.a'; end $$; DO LANGUAGE plpgsql 'begin perform public.f(''public.x''); end'`,
      `do $$ begin alter table "acme".a add b "acme".c; raise notice 'public.a'; end $$`,
      `DO LANGUAGE plpgsql 'begin perform "acme".f(''public.x''); end'`,
    ],
    [
      "reads what EXECUTE runs in DO",
      "do $$ begin execute 'drop table public.a'; execute format('alter table public.%I add b text default ''public.c''', x) using 'public.d'; end $$",
      `do $$ begin execute 'drop table "acme".a'; execute format('alter table "acme".%I add b text default ''public.c''', x) using 'public.d'; end $$`,
    ],
    [
      "drops the qualifier in the body of a stored function",
      `create function public.f(a public.b) returns setof public.c language sql as $x$ select * from public.c, "public"."D" where 'public.e' = $1 $x$`,
      `create function "acme".f(a "acme".b) returns setof "acme".c language sql as $x$ select * from c, "D" where 'public.e' = $1 $x$`,
    ],
    [
      "drops it in PL/pgSQL, in its declarations and in what EXECUTE runs",
      "create procedure p() language plpgsql as $$ declare a public.b%rowtype; begin execute 'delete from public.c'; select * into a from public.b; end $$",
      "create procedure p() language plpgsql as $$ declare a b%rowtype; begin execute 'delete from c'; select * into a from b; end $$",
    ],
    [
      "reads a body in single quotes",
      "create function f() returns int as 'select count(*)::int from public.a where b = ''public.c''' language sql",
      "create function f() returns int as 'select count(*)::int from a where b = ''public.c''' language sql",
    ],
    [
      "reads a function that a DO creates",
      "do $do$ begin create function public.f() returns int language sql as $f$ select 1 from public.a $f$; end $do$",
      `do $do$ begin create function "acme".f() returns int language sql as $f$ select 1 from a $f$; end $do$`,
    ],
    [
      "leaves bodies in other languages",
      "create function f() returns int language plv8 as $$ return plv8.execute('select public.a') $$",
      "create function f() returns int language plv8 as $$ return plv8.execute('select public.a') $$",
    ],
    [
      "gives a function's own path the tenant's schema",
      "create function f() returns int language sql set search_path = public, pg_temp as $$ select 1 $$; alter function g set search_path to 'public'",
      `create function f() returns int language sql set search_path = "acme", pg_temp as $$ select 1 $$`,
      `alter function g set search_path to "acme"`,
    ],
    [
      "adds the tenant's schema to a function's own path that lacks it, when its body needs it",
      "create function f() returns int language sql set search_path = '' as $$ select 1 from public.a $$; create function g() returns int language sql set search_path to pg_catalog, pg_temp as $$ select 1 from public.a $$; create function h() returns int language sql set search_path = '' as $$ select 1 $$",
      `create function f() returns int language sql set search_path = "acme", pg_temp as $$ select 1 from a $$`,
      `create function g() returns int language sql set search_path to pg_catalog, "acme", pg_temp as $$ select 1 from a $$`,
      "create function h() returns int language sql set search_path = '' as $$ select 1 $$",
    ],
  ]);
});

describe("the text 'public' in a migration", () => {
  const condition = (sql: string): string => `create view v as select from pg_class c where ${sql}`;
  rewrites([
    [
      "is current_schema() beside a catalog's column",
      condition(
        "n.nspname = 'public' and 'public' <> schemaname and (table_schema)::text = 'public'::text",
      ),
      condition(
        "n.nspname = current_schema() and current_schema() <> schemaname and (table_schema)::text = current_schema()::text",
      ),
    ],
    [
      "is current_schema() beside current_schema() and a trigger's variable",
      "do $$ begin if current_schema() = 'public' or current_schema <> 'public' then null; end if; end $$; create function f() returns trigger language plpgsql as $$ begin if tg_table_schema = 'public' then return null; end if; return new; end $$",
      "do $$ begin if current_schema() = current_schema() or current_schema <> current_schema() then null; end if; end $$",
      "create function f() returns trigger language plpgsql as $$ begin if tg_table_schema = current_schema() then return null; end if; return new; end $$",
    ],
    [
      "is current_schema() in a list",
      condition(
        "nspname in ('a', 'public') or nspname not in ('public') or nspname = any (array['b', 'public'])",
      ),
      condition(
        "nspname in ('a', current_schema()) or nspname not in (current_schema()) or nspname = any (array['b', current_schema()])",
      ),
    ],
    [
      "is current_schema() as a regnamespace",
      condition("relnamespace = 'public'::regnamespace or to_regnamespace('public') is null"),
      condition(
        "relnamespace = current_schema()::text::regnamespace or to_regnamespace(current_schema()::text) is null",
      ),
    ],
    [
      "is the tenant's in the name of an object",
      `select setval('public.a_id_seq', 1), 'public."B"'::regclass, to_regclass('public.c'), cast('public.d' as regtype), regclass 'public.e'`,
      `select setval('"acme".a_id_seq', 1), '"acme"."B"'::regclass, to_regclass('"acme".c'), cast('"acme".d' as regtype), regclass '"acme".e'`,
    ],
    [
      "is dropped from the name of an object in a stored function",
      "create function f() returns bigint language sql as $$ select nextval('public.a') $$",
      "create function f() returns bigint language sql as $$ select nextval('a') $$",
    ],
    [
      "is a value everywhere else",
      "insert into a (visibility) values ('public'); select * from a where visibility = 'public' or visibility in ('public') or concat('public.', b) = 'public.c'",
      "insert into a (visibility) values ('public')",
      "select * from a where visibility = 'public' or visibility in ('public') or concat('public.', b) = 'public.c'",
    ],
  ]);
});

describe("what is rewritten", () => {
  it("readMigrationFolder() says once for each file and kind, with the lines", async () => {
    const { notices } = await readFiles({
      "1_a.sql": "\ncreate table public.a ();\ncreate table public.b ();",
      "2_b.sql": "create function f() returns int language sql as $$\n select 1 from public.a $$",
    });
    expect(notices).to.deep.equal([
      {
        file: "1_a.sql",
        line: 2,
        kind: "schema",
        text: `"public." is read as the tenant's schema (2 times, lines 2, 3)`,
      },
      {
        file: "2_b.sql",
        line: 2,
        kind: "function",
        text: 'in a stored function "public." is dropped: the path of the function finds the name',
      },
    ]);
  });
});
