// What a migration must not do. Each problem names the file, the line and the remedy, and all of them come at once.

import { expect } from "chai";
import { FolderError } from "../../../admin/migrations/folder/findings.ts";
import { type Files, readFiles } from "../../support/sql/migration-folder.ts";
import { rejection } from "../../support/rejection.ts";

/** The problems of a folder, as `file:line: text`. */
async function problemsOf(files: Files): Promise<readonly string[]> {
  const error = await rejection(readFiles(files, ["extensions"]));
  if (!(error instanceof FolderError)) throw error;
  return error.problems.map(({ file, line, text }) => `${file}:${line}: ${text}`);
}

type Cases = readonly (readonly [what: string, text: string, problem: string | RegExp])[];

function refuses(cases: Cases): void {
  for (const [what, text, problem] of cases) {
    it(`readMigrationFolder() refuses ${what}`, async () => {
      const [first, ...more] = await problemsOf({ "1_a.sql": `select 1;\n${text}` });
      expect(more).to.deep.equal([]);
      if (typeof problem === "string") expect(first).to.equal(`1_a.sql:${problem}`);
      else expect(first).to.match(problem);
    });
  }
}

describe("what belongs to all tenants", () => {
  const roles = "changes roles, which all tenants share; move it into the shared migrations";
  const single = "belongs to no single schema; move it into the shared migrations";
  refuses([
    ["create role", "create role app login;", `2: "create role app login" ${roles}`],
    ["a role's own grant", "grant app to admin;", `2: "grant app to admin" ${roles}`],
    [
      "owner to",
      "alter table public.a\n owner to app;",
      /:2: "alter table public.a owner to app" gives it to another role/,
    ],
    ["drop owned", "drop owned by app;", `2: "drop owned by app" ${roles}`],
    ["create database", "create database x;", `2: "create database x" ${single}`],
    [
      "create publication",
      "create publication p for table a;",
      `2: "create publication p for table a" ${single}`,
    ],
    [
      "an event trigger",
      "create event trigger e on ddl_command_end execute function f();",
      /belongs to no single schema/,
    ],
    ["drop extension", "drop extension citext;", /"drop extension citext" changes an extension/],
    [
      "create extension in a block",
      "do $$ begin\ncreate extension citext; end $$;",
      /:3: .*a command of its own/,
    ],
    [
      "create role in a block",
      "do $$ begin if not exists (select from pg_roles) then\n create role app; end if; end $$;",
      `3: "create role app" ${roles}`,
    ],
    [
      "session_replication_role",
      "set session_replication_role = replica;",
      /:2: .*needs a superuser/,
    ],
    ["disable trigger all", "alter table a disable trigger all;", /:2: .*needs a superuser/],
  ]);
});

describe("what belongs to Rowhouse", () => {
  const path = "changes the search path, which Rowhouse sets; remove it";
  refuses([
    ["set search_path", "set search_path to a;", `2: "set search_path to a" ${path}`],
    ["set local search_path", "set local search_path = a;", `2: "set local search_path" ${path}`],
    [
      "set_config of the search path",
      "select pg_catalog.set_config('search_path', '', false);",
      `2: "select pg_catalog.set_config" ${path}`,
    ],
    [
      "a search path in a stored function",
      "create function f() returns void language plpgsql as $$ begin\n set local search_path = public; end $$;",
      /:3: .*changes the search path/,
    ],
    ["set schema", "set schema 'a';", /changes the search path/],
    [
      "a search path in a block",
      "do $$ begin\n set search_path = a; end $$;",
      /:3: .*changes the search path/,
    ],
    ["reset all", "reset all;", /takes back what Rowhouse sets/],
    ["set role", "set role app;", /changes the role/],
    ["rollback", "rollback;", /ends or cuts the transaction/],
    ["savepoint", "savepoint a;", /ends or cuts the transaction/],
    ["commit without begin", "commit;", /has no BEGIN above it/],
    ["begin without commit", "begin;", /has no COMMIT below it/],
    [
      "a tool's own table",
      `insert into "_prisma_migrations" values (1);`,
      /uses "_prisma_migrations", a migration tool's own table/,
    ],
    [
      "a tool's own table in a block",
      "do $$ begin\n delete from schema_migrations; end $$;",
      /:3: .*uses "schema_migrations"/,
    ],
  ]);
});

describe("what stands in another schema", () => {
  const outside = (name: string): RegExp =>
    new RegExp(`:2: .*names "${name}", outside of the tenant's schema`);
  refuses([
    ["create schema", "create schema auth;", /:2: "create schema auth" names another schema/],
    ["drop schema public", "drop schema public cascade;", /names another schema/],
    ["set schema of a table", "alter table a set schema auth;", /moves it into another schema/],
    ["vacuum of everything", "vacuum (analyze);", /works on the whole database/],
    ["reindex of everything", "reindex database a;", /works on the whole database/],
    ["an index", "drop index auth.i;", outside("auth.i")],
    ["a table", "create table auth.a (b int);", outside("auth.a")],
    ["a table in quotes", `alter table if exists only "Auth"."A" add b int;`, outside("Auth.A")],
    [
      "a reference",
      "alter table a add foreign key (b) references auth.users (id);",
      outside("auth.users"),
    ],
    [
      "a trigger's table",
      "create trigger t after insert on auth.users for each row execute function f();",
      outside("auth.users"),
    ],
    [
      "a trigger's function",
      "create trigger t after insert on a for each row execute function auth.f();",
      outside("auth.f"),
    ],
    ["a policy's function", "create policy p on a using (auth.uid() = id);", outside("auth.uid")],
    ["a view's table", "create view v as select a.b from auth.users a;", outside("auth.users")],
    ["a column's type", "create table a (b int, c auth.level);", outside("auth.level")],
    ["a cast", "create view v as select a.b::auth.level from a;", outside("auth.level")],
    ["an index's table", "create index on auth.users (id);", outside("auth.users")],
    ["a list of tables", "drop table a, auth.b;", outside("auth.b")],
    ["an insert", "insert into auth.users values (1);", outside("auth.users")],
    ["an update", "update auth.users set a = 1;", outside("auth.users")],
    ["a call", "select cron.schedule('a', 'b');", outside("cron.schedule")],
    [
      "a query in a function",
      "create function f() returns int language sql as $$ select 1 from auth.users $$;",
      outside("auth.users"),
    ],
  ]);

  it("readMigrationFolder() takes aliases, columns, variables and shared schemas for what they are", async () => {
    const { notices } = await readFiles(
      {
        "1_a.sql": `create table a (b extensions.citext, c pg_catalog.int4);
          select x.b from a x join a y on x.b = y.b where extract(day from x.d) = 1 and x.b is distinct from y.b;
          update a set b = x.c from a x where x.c in (select y.c from pg_catalog.pg_am y);
          insert into a (b) select x.b from a x;
          create view v as select x.b, row_number() over (order by x.b) from a x where x.b like x.c;
          create trigger t before update of b on a for each row when (old.b is distinct from new.b) execute function f();
          create function f() returns trigger language plpgsql as $$ declare r record; begin
            select x.b into r.b from a x; new.c := (r.d); for r in select * from a loop perform r.b; end loop;
            if new.b <> old.b then update a set c = new.c; end if; return new; end $$;
          create function g() returns a.b%type language sql as $$ select substring(x.b from x.c) from a x $$;`,
      },
      ["extensions"],
    );
    expect(notices).to.deep.equal([]);
  });
});

describe("what PostgreSQL does not read as it stands", () => {
  refuses([
    [
      "a command of psql",
      "\\connect a",
      `2: "\\\\connect a" is a command of psql; write it as SQL`,
    ],
    [
      "COPY from rows below",
      "copy a from stdin;\n1\t'\n\\.\n",
      /:2: .*has rows below it, which only psql reads/,
    ],
    ["a template with braces", "create table {{ name }} ();", /:2: .*a template is not filled in/],
    [
      "a template with a dollar sign",
      "create table ${name} ();",
      /:2: .*a template is not filled in/,
    ],
    [
      "a variable of psql",
      "create table :name ();",
      /:2: ":name \(\);": a template is not filled in/,
    ],
    ["a variable of psql in quotes", "select :'name';", /:2: .*a template is not filled in/],
    ["a quote without an end", "select 1;\nselect 'a;", "3: a quoted text does not end"],
    ["a dollar quote without an end", "select $a$ $b$;", "2: a dollar quote does not end"],
    ["a comment without an end", "/* /* */ select 1", "2: a comment does not end"],
    [
      "a block that does not end",
      "do $$ begin\n\n perform 'a; end $$;",
      "4: a quoted text does not end",
    ],
    [
      "a schema in a variable",
      "do $$ declare\n s text := 'public'; begin execute format('drop table %I.a', s); end $$;",
      /:3: .*keeps the schema public in a variable/,
    ],
    [
      "a schema that is put together",
      "do $$ begin\nexecute format('drop table %I.%I', 'public', 'a'); end $$;",
      /:3: .*puts the schema public into a text/,
    ],
  ]);
});

describe("a folder's problems", () => {
  it("readMigrationFolder() reports all of them at once, one a line", async () => {
    const files = { "1_a.sql": "create role a;\n\nrollback;", "2_b.sql": "select '", "x.txt": "" };
    const error = await rejection(readFiles(files));
    expect(error).to.be.instanceOf(FolderError);
    const lines = error instanceof Error ? error.message.split("\n") : [];
    expect(lines[0]).to.match(/^Cannot read migrations of ".*": 4 problems$/);
    expect(lines.slice(1).map((line) => line.split(" ")[0])).to.have.members([
      "1_a.sql:1:",
      "1_a.sql:3:",
      "2_b.sql:1:",
      "x.txt:",
    ]);
  });

  it("readMigrationFolder() shows no value of a row in a problem", async () => {
    const [problem] = await problemsOf({
      "1_a.sql": "insert into auth.users values ('secret', 4711);",
    });
    expect(problem)
      .to.include("insert into auth.users")
      .and.not.match(/secret|4711/);
  });
});
