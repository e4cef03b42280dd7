// Shared schemas in folders of migrations: what a tenant's migration may do with them, and what their own may do.

import { expect } from "chai";
import { readMigrationFolder } from "../../../admin/migrations/folder/read-folder.ts";
import { renderCommand } from "../../../admin/migrations/folder/render.ts";
import { renderText, withFolder } from "../../support/sql/migration-folder.ts";
import { messageOf } from "../../support/rejection.ts";

describe("a tenant's migration, and objects of a shared schema", () => {
  for (const text of [
    "create table ref.more (id int)",
    "create table if not exists ref.more (id int)",
    "alter table only ref.plan add x int",
    "drop table if exists ref.plan",
    "insert into ref.plan values (1)",
    "update ref.plan set price = 1",
    "delete from ref.plan",
    "truncate ref.plan",
    'create unique index concurrently a on "ref".plan (id)',
    "create trigger a after insert on ref.plan execute function f()",
    "create or replace function ref.f() returns int language sql as 'select 1'",
    "grant insert on ref.plan to app",
    "comment on column ref.plan.id is 'x'",
    "do $$ begin insert into ref.plan values (1); end $$",
  ]) {
    it(`readMigrationFolder() refuses: ${text}`, async () => {
      const message = await messageOf(renderText(text, ["ref"]));
      expect(message).to.match(
        /1_a\.sql:1: ".*" changes "ref\.\w+", which all tenants share; move it into the shared migrations/,
      );
    });
  }

  for (const text of [
    "create table a (plan int references ref.plan, b ref.citext)",
    "alter table a add b ref.citext",
    "alter table a alter b type ref.citext",
    "create view a as select * from ref.plan",
    "insert into a select * from ref.plan",
    "create index a on b using gin (c ref.gin_trgm_ops)",
    "create trigger a after insert on b execute function ref.f()",
    "select ref.f()",
  ]) {
    it(`readMigrationFolder() takes: ${text}`, async () => {
      expect(await renderText(text, ["ref"])).to.deep.equal([text]);
    });
  }
});

describe("a folder of shared migrations", () => {
  const read = (text: string): Promise<readonly string[]> =>
    withFolder({ "1_a.sql": text }, async (path) => {
      const options = { isShared: true, sharedSchemas: ["ref"] };
      const { migrations } = await readMigrationFolder(path, options);
      const up = migrations[0]?.up;
      if (up?.kind !== "sql") throw new Error("It is not SQL");
      expect(up.commands.filter(({ extension }) => extension !== undefined)).to.deep.equal([]);
      return up.commands.map((command) => renderCommand(command, "ref"));
    });

  it("readMigrationFolder() rewrites and refuses nothing that all tenants share", async () => {
    const commands = [
      "create schema ref",
      "create extension if not exists citext schema ref",
      "create role app",
      "create table public.plan (id int)",
      "alter table public.plan owner to app",
      "insert into ref.plan select from pg_class where relnamespace = 'public'::regnamespace",
      "create function public.f() returns int language sql set search_path = public as 'select 1 from public.plan'",
      "do $$ begin create extension hstore; create table other.a (id int); end $$",
      "grant select on public.plan to app",
    ];
    expect(await read(`begin;\n${commands.join(";\n")};\ncommit;`)).to.deep.equal(commands);
  });

  for (const text of [
    "set search_path = public",
    "set role app",
    "discard all",
    "rollback",
    "insert into schema_migrations values (1)",
  ]) {
    it(`readMigrationFolder() refuses there, too: ${text}`, async () => {
      expect(await messageOf(read(text))).to.include("1_a.sql:1: ");
    });
  }
});
