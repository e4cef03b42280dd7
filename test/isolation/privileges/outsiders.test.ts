// The promise: a drop takes nothing that lies outside of the tenant's schema. Whatever stands on the tenant from
// there is found before anything changes, and named.

import { expect } from "chai";
import { dropTenant } from "../../../admin/drop/drop.ts";
import { withRegistry } from "../../../admin/registry/registry.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database/database.ts";
import { messageOf } from "../../support/rejection.ts";

// What stands outside, how it goes again, and how it is named. "ROLE" is the tenant's role.
const OUTSIDE: Readonly<Record<string, readonly [make: string, undo: string, name: string]>> = {
  "a column of a type": [
    "create table public.report (id int, m acme.mood)",
    "drop table public.report",
    'table column public.report.m outside of schema "acme" depends on type acme.mood',
  ],
  "a column of a table's rows": [
    "create table public.report (r acme.doc)",
    "drop table public.report",
    "table column public.report.r ",
  ],
  "a column of an array": [
    "create table public.report (m acme.mood[])",
    "drop table public.report",
    "table column public.report.m ",
  ],
  "a view over a table": [
    "create view public.v as select id from acme.doc",
    "drop view public.v",
    'view public.v outside of schema "acme" depends on table acme.doc',
  ],
  "a view over a function": [
    "create view public.v as select acme.f()",
    "drop view public.v",
    'view public.v outside of schema "acme" depends on function acme.f()',
  ],
  "a materialized view": [
    "create materialized view public.m as select id from acme.doc",
    "drop materialized view public.m",
    "materialized view public.m ",
  ],
  "a foreign key": [
    "create table public.child (doc int references acme.doc)",
    "drop table public.child",
    "table constraint child_doc_fkey on public.child ",
  ],
  "another tenant's foreign key": [
    "create table other.child (doc int references acme.doc)",
    "drop table other.child",
    "table constraint child_doc_fkey on other.child ",
  ],
  "a table that inherits": [
    "create table public.child () inherits (acme.doc)",
    "drop table public.child",
    "table public.child ",
  ],
  "a partition": [
    "create table public.part partition of acme.log for values in (1)",
    "drop table public.part",
    "table public.part ",
  ],
  "a default": [
    "create table public.report (a int default acme.f())",
    "drop table public.report",
    "default value for public.report.a ",
  ],
  "a check": [
    "create table public.report (a int constraint c check (acme.f() > a))",
    "drop table public.report",
    "table constraint c on public.report ",
  ],
  "an index": [
    "create table public.report (a int); create index i on public.report (acme.g(a))",
    "drop table public.report",
    "index public.i ",
  ],
  "a trigger": [
    "create table public.report (a int); create trigger t before insert on public.report for each row execute function acme.stamp()",
    "drop table public.report",
    "trigger t on public.report ",
  ],
  "a policy": [
    "create table public.report (a int); create policy p on public.report using (acme.f() > 0)",
    "drop table public.report",
    "policy p on public.report ",
  ],
  "a rule": [
    "create table public.report (a int); create rule r as on insert to public.report do also insert into acme.doc values (1)",
    "drop table public.report",
    "rule r on public.report ",
  ],
  "an argument of a function": [
    "create function public.h(acme.mood) returns int language sql as 'select 1'",
    "drop function public.h(acme.mood)",
    "function public.h(acme.mood) ",
  ],
  "a parsed body": [
    "create function public.h() returns int language sql return acme.f()",
    "drop function public.h()",
    "function public.h() ",
  ],
  "a domain": ["create domain public.d as acme.mood", "drop domain public.d", "type public.d "],
  "an operator": [
    "create operator public.=== (leftarg = int, rightarg = int, function = acme.same)",
    "drop operator public.=== (int, int)",
    "operator public.===(integer,integer) ",
  ],
  "an aggregate": [
    "create aggregate public.most(int) (sfunc = acme.pick, stype = int)",
    "drop aggregate public.most(int)",
    "aggregate public.most(integer) ",
  ],
  "a cast between types outside": [
    "create cast (public.a as public.b) with function acme.cast_a(public.a)",
    "drop cast (public.a as public.b)",
    "cast (public.a AS public.b) ",
  ],
  "a text search configuration": [
    "create text search configuration public.c (copy = pg_catalog.simple); alter text search configuration public.c alter mapping for word with acme.words",
    "drop text search configuration public.c",
    "text search configuration public.c ",
  ],
  "an event trigger": [
    "create event trigger e on ddl_command_start execute function acme.watch()",
    "drop event trigger e",
    "event trigger e ",
  ],
  "a publication of a table": [
    "create publication p for table acme.doc",
    "drop publication p",
    "publication relation acme.doc in publication p ",
  ],
  "a publication of the schema": [
    "create publication p for tables in schema acme",
    "drop publication p",
    "publication namespace acme in publication p ",
  ],
  "an extension": [
    "create extension citext schema acme",
    "drop extension citext",
    'extension citext outside of schema "acme" depends on schema acme',
  ],
  statistics: [
    "create table public.report (a int); create statistics public.s on (acme.g(a)), a from public.report",
    "drop table public.report",
    "statistics object public.s ",
  ],
  "a table that the role owns": [
    'create table public.report (a int); alter table public.report owner to "ROLE"',
    "drop table public.report",
    "table public.report ",
  ],
  "a policy that names the role": [
    'create table public.report (a int); create policy p on public.report to "ROLE"',
    "drop table public.report",
    "policy p on public.report ",
  ],
};

describe("a tenant that something outside stands on", () => {
  let database: TestDatabase;
  let role: string;

  before(async () => {
    database = await createTestDatabase();
    await database.addTenants({ acme: "acme.example.com", other: "other.example.com" });
    const [row] = await database.sql<{ name: string }>(
      "select role_name as name from rowhouse.tenant where schema_name = 'acme'",
    );
    role = row?.name ?? "";
    await database.sql(
      "create type acme.mood as enum ('ok', 'bad')",
      "create table acme.doc (id int primary key, m acme.mood, title text)",
      "create table acme.log (at int) partition by list (at)",
      "create function acme.f() returns int language sql as 'select 1'",
      "create function acme.g(int) returns int language sql immutable as 'select $1'",
      "create function acme.same(int, int) returns boolean language sql as 'select $1 = $2'",
      "create function acme.pick(int, int) returns int language sql as 'select $1'",
      "create function acme.stamp() returns trigger language plpgsql as 'begin return new; end'",
      "create function acme.watch() returns event_trigger language plpgsql as 'begin end'",
      "create type public.a as enum ('x')",
      "create type public.b as enum ('x')",
      "create function acme.cast_a(public.a) returns public.b language sql as 'select null::public.b'",
      "create text search dictionary acme.words (template = pg_catalog.simple)",
      // All of this is the tenant's own, and in nobody's way.
      "create table public.shared (id int primary key)",
      "create table acme.line (doc int references acme.doc, shared int references public.shared, n serial)",
      "create table acme.log_1 partition of acme.log for values in (2)",
      "create view acme.v as select d.id, acme.f() from acme.doc as d",
      "create materialized view acme.mv as select * from acme.v",
      "create trigger stamped before insert on acme.doc for each row execute function acme.stamp()",
      "create operator acme.=== (leftarg = int, rightarg = int, function = acme.same)",
      "create aggregate acme.most(int) (sfunc = acme.pick, stype = int)",
      "create function acme.mood_number(acme.mood) returns int language sql as 'select 1'",
      "create cast (acme.mood as int) with function acme.mood_number(acme.mood)",
      "create domain acme.amount as int check (acme.f() > 0)",
      "create statistics acme.s on id, m from acme.doc",
      "create policy p on acme.doc using (acme.f() > 0)",
      `create policy own on acme.doc to "${role}" using (true)`,
      `alter default privileges in schema public grant select on tables to "${role}"`,
      `grant select on public.shared to "${role}"`,
    );
  });

  after(() => database.drop());

  const drop = (): Promise<unknown> => {
    const { signal } = new AbortController();
    return withRegistry(database.adminUrl, (registry) =>
      dropTenant(registry, "acme", { backup: undefined, signal }),
    );
  };

  for (const [what, [make, undo, name]] of Object.entries(OUTSIDE)) {
    it(`dropTenant() refuses, and names ${what}`, async () => {
      await database.sql(make.replaceAll("ROLE", role));
      const refused = await messageOf(drop());
      await database.sql(undo);
      expect(refused).to.include(`Cannot drop tenant: `).and.to.include(name);
      expect(
        await database.sql(
          `select status, transition from rowhouse.tenant where schema_name = 'acme'`,
        ),
      ).to.deep.equal([{ status: "active", transition: null }]);
    });
  }

  it("dropTenant() names all of them", async () => {
    await database.sql(
      "create view public.v as select acme.f()",
      "create table public.child (doc int references acme.doc)",
    );
    const refused = await messageOf(drop());
    await database.sql("drop view public.v", "drop table public.child");
    expect(refused).to.include(", view public.v on function acme.f()");
  });

  it("dropTenant() drops a tenant on which only its own stands", async () => {
    await drop();
    expect(await database.sql("select from pg_namespace where nspname = 'acme'")).to.deep.equal([]);
    expect(await database.sql("select * from public.shared")).to.deep.equal([]);
  });
});
