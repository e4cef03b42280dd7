// Which migrations run in a transaction, what is taken out of them, and what they leave behind.

import { expect } from "chai";
import type { Migration } from "../../../admin/migrations/folder/migration.ts";
import { type Files, readFiles } from "../../support/sql/migration-folder.ts";
import { rejection } from "../../support/rejection.ts";

async function read(files: Files): Promise<Migration> {
  const { migrations } = await readFiles(files);
  const [migration] = migrations;
  if (migration === undefined) throw new Error("No migration was read");
  return migration;
}

const titles = ({ up }: Migration): readonly string[] =>
  up.kind === "sql" ? up.commands.map(({ title }) => title) : [];

describe("a migration without a transaction", () => {
  for (const text of [
    "create index concurrently i on a (b);",
    "create unique index concurrently if not exists i on a (b)",
    "-- a comment\ndrop index concurrently if exists i;",
    "reindex index concurrently i;",
    "reindex (verbose) table concurrently a",
    "alter table a detach partition b concurrently;",
    "vacuum (analyze) a;",
  ]) {
    it(`readMigrationFolder() takes it for its own mark: ${text}`, async () => {
      const { migrations, notices } = await readFiles({ "1_a.sql": text });
      expect(migrations[0]?.isTransactional).to.equal(false);
      expect(notices.map(({ kind }) => kind)).to.deep.equal(["no transaction"]);
    });
  }

  for (const mark of [
    "-- rowhouse: no transaction",
    "-- no-transaction",
    "-- about it\n\n-- Rowhouse: no transaction",
    "-- atlas:txmode none",
  ]) {
    it(`readMigrationFolder() knows the mark ${JSON.stringify(mark)}`, async () => {
      const text = `${mark}\ncreate index concurrently i on a (b); analyze a;`;
      expect(await read({ "1_a.sql": text })).to.include({ isTransactional: false });
    });
  }

  it("readMigrationFolder() refuses such a command beside others without a mark", async () => {
    const text = "create table a (b int);\ncreate index concurrently i on a (b);";
    expect((await rejection(readFiles({ "1_a.sql": text }))).message).to.match(
      /\n1_a.sql:2: "create index concurrently i on a" cannot run in a transaction, .*"-- rowhouse: no transaction"/,
    );
  });

  it("readMigrationFolder() refuses a mark below a command", async () => {
    const text = "select 1;\n-- rowhouse: no transaction\nselect 2;";
    const { message } = await rejection(readFiles({ "1_a.sql": text }));
    expect(message).to.include("1_a.sql:2: ").and.include("move it to the top");
  });

  it("readMigrationFolder() refuses a way down that alone needs none", async () => {
    const files = {
      "1_a.up.sql": "select 1; select 2",
      "1_a.down.sql": "drop index concurrently i",
    };
    expect((await rejection(readFiles(files))).message).to.match(
      /\n1_a.down.sql:1: only the way down/,
    );
  });

  it("readMigrationFolder() takes COMMIT in a block only with a mark", async () => {
    const text = "do $$ begin\n perform 1;\n commit; end $$;";
    expect((await rejection(readFiles({ "1_a.sql": text }))).message).to.match(
      /\n1_a.sql:1: "do" ends its transaction in its body/,
    );
    const marked = await read({ "1_a.sql": `-- rowhouse: no transaction\n${text}` });
    expect(marked.isTransactional).to.equal(false);
    const stored = `create procedure p() language plpgsql as $$ begin commit; end $$`;
    expect((await read({ "1_a.sql": stored })).isTransactional).to.equal(true);
  });
});

describe("BEGIN and COMMIT in a migration", () => {
  it("readMigrationFolder() takes them out, around the file and its parts, and says so", async () => {
    const text =
      "-- a\nbegin;\nselect 1;\ncommit;\nstart transaction; select 2; end transaction; select 3;";
    const { migrations, notices } = await readFiles({ "1_a.sql": text });
    expect(migrations.map(titles)).to.deep.equal([["select", "select", "select"]]);
    expect(notices.map(({ line, kind }) => [line, kind])).to.deep.equal([[2, "transaction"]]);
  });

  for (const [what, text] of [
    ["BEGIN in BEGIN", "begin; begin; select 1; commit;"],
    ["COMMIT twice", "begin; select 1; commit; commit;"],
    [
      "both in a migration without a transaction",
      "-- rowhouse: no transaction\nbegin; vacuum a; commit;",
    ],
  ] as const) {
    it(`readMigrationFolder() refuses ${what}`, async () => {
      expect((await rejection(readFiles({ "1_a.sql": text }))).message).to.include("1_a.sql:");
    });
  }
});

describe("what a migration leaves behind", () => {
  const leaves = async (text: string): Promise<boolean> =>
    (await read({ "1_a.sql": text })).leavesSessionState;

  it("readMigrationFolder() knows settings and temporary tables", async () => {
    for (const text of [
      "set lock_timeout = '5s'",
      "SET SESSION statement_timeout TO 0",
      "set time zone 'UTC'",
      "select set_config('a.b', 'c', false)",
      "create temp table a (b int)",
      "create temporary view a as select 1",
      "select 1 into temp a",
      "do $$ begin create temp table a (b int); end $$",
      "prepare a as select 1",
      "select pg_advisory_lock(1)",
    ]) {
      expect(await leaves(text), text).to.equal(true);
    }
  });

  it("readMigrationFolder() knows what ends with the transaction", async () => {
    for (const text of [
      "set local lock_timeout = '5s'",
      "select set_config('a.b', 'c', true)",
      "create temp table a on commit drop as select 1",
      "set constraints all deferred",
      "update a set b = 1",
      "create function f() returns void language plpgsql as $$ begin create temp table a (b int); end $$",
    ]) {
      expect(await leaves(text), text).to.equal(false);
    }
  });

  it("readMigrationFolder() knows a value that is added to an enum, in a block too", async () => {
    for (const text of [
      "alter type public.a add value if not exists 'b'",
      "do $$ begin alter type a add value 'b'; end $$",
    ]) {
      const { up } = await read({ "1_a.sql": text });
      expect(up.kind === "sql" && up.commands[0]?.addsEnumValue, text).to.equal(true);
    }
    const { up } = await read({ "1_a.sql": "alter type a rename value 'b' to 'c'" });
    expect(up.kind === "sql" && up.commands[0]).to.not.have.property("addsEnumValue");
  });
});

describe("what a migration finds outside of its schema", () => {
  it("readMigrationFolder() names an extension and leaves out what exists", async () => {
    const { migrations, notices } = await readFiles(
      {
        "1_a.sql": `create extension if not exists "uuid-ossp" with schema public; create extension citext;
          create schema if not exists "public"; create schema shared; comment on extension citext is 'a';`,
      },
      ["shared"],
    );
    const up = migrations[0]?.up;
    expect(up?.kind === "sql" && up.commands.map(({ extension }) => extension)).to.deep.equal([
      "uuid-ossp",
      "citext",
    ]);
    const kinds = notices.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "left out")).to.have.length(3);
    expect(kinds.filter((kind) => kind === "extension")).to.have.length(2);
  });

  it("readMigrationFolder() notes roles that must exist", async () => {
    const { notices } = await readFiles({
      "1_a.sql": `grant select on a to app;
        create policy p on a for select to authenticated using (true);
        create policy q on a using (b like 'x to y');`,
    });
    expect(notices.map(({ line, kind }) => [line, kind])).to.deep.equal([
      [1, "privilege"],
      [2, "policy"],
    ]);
  });

  it("readMigrationFolder() notes look-ups in the catalogs that name no schema", async () => {
    const { notices } = await readFiles({
      "1_a.sql": `do $$ begin
        if not exists (select 1 from pg_type where typname = 'a') then
          create type a as enum ('b');
        end if;
        if not exists (select 1 from pg_type t join pg_namespace n on n.oid = typnamespace where n.nspname = 'public') then
        end if;
        if exists (select from information_schema.columns where table_name = 'a') then null; end if;
        if exists (select from pg_constraint where conrelid = 'a'::regclass) then null; end if;
        if exists (select from information_schema.columns where table_schema = 'public') then null; end if;
      end $$;`,
    });
    const found = notices.filter(({ kind }) => kind === "look-up");
    expect(found.map(({ line }) => line)).to.deep.equal([2, 7]);
    expect(found[1]?.text).to.include("information_schema.columns");
  });
});
