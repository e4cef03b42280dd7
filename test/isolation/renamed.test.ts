// The promise: after a rename nothing of the tenant reaches the next one of its old name. What holds the name as
// text is rewritten, or is found and refused before anything changes.

import { expect } from "chai";
import { renameTenant } from "../../admin/rename/rename.ts";
import { initialise } from "../../admin/lifecycle/database/initialise.ts";
import { resumeTenant, suspendTenant } from "../../admin/lifecycle/status.ts";
import { withRegistry } from "../../admin/registry/registry.ts";
import type { SharedChange } from "../../admin/shared/list.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import { makeMigrations, type MigrationsFolder } from "../support/sql/migrations.ts";
import { createPlainAdmin } from "../support/database/plain-admin.ts";
import { messageOf } from "../support/rejection.ts";
import { urlOf } from "../support/server/server.ts";
import { runVerb, runVerbWith } from "../support/program/verb.ts";

// Each makes something in schema "acme" that holds its name as text, and undoes it.
const REFUSED: Readonly<Record<string, readonly [make: string, undo: string, place: string]>> = {
  "a qualified name in a body": [
    `create function acme.f() returns void language plpgsql as 'begin\n\n  insert into acme.audit values (1);\nend'`,
    `drop function acme.f()`,
    "function f() line 3 (acme)",
  ],
  "a name in capitals and quotes": [
    `create function acme.f() returns bigint language sql as 'select count(*) from ACME . audit'`,
    `drop function acme.f()`,
    "function f() (acme)",
  ],
  "text that is run": [
    `create procedure acme.p() language plpgsql as $$begin execute 'delete from "acme".audit'; end$$`,
    `drop procedure acme.p()`,
    `function p() ('delete from "acme".audit')`,
  ],
  "text between dollars": [
    `create function acme.f() returns void language plpgsql as 'begin execute $$truncate acme.audit$$; end'`,
    `drop function acme.f()`,
    "function f() ($$truncate acme.audit$$)",
  ],
  "a search_path that a body sets": [
    `create function acme.f() returns void language plpgsql as 'begin set local search_path to acme, pg_temp; end'`,
    `drop function acme.f()`,
    "function f() (acme)",
  ],
  "a name that is formatted into a statement": [
    `create function acme.f() returns void language plpgsql as $$begin execute format('truncate %I.audit', 'acme'); end$$`,
    `drop function acme.f()`,
    "function f() ('acme')",
  ],
  "a body that was parsed, with a name as text": [
    `create function acme.f() returns regclass language sql begin atomic; select 'acme.audit'::text::regclass; end`,
    `drop function acme.f()`,
    "function f() ('acme.audit')",
  ],
  "the default of an argument": [
    `create function acme.f(a text default 'acme') returns text language sql as 'select a'`,
    `drop function acme.f(text)`,
    "function f(a text) ('acme')",
  ],
  "a setting of a function that only its author knows": [
    `create function acme.f() returns int language sql set app.tenant = 'acme' as 'select 1'`,
    `drop function acme.f()`,
    "function f() (acme)",
  ],
  "the default of a column": [
    `alter table acme.doc alter id set default nextval('acme.ids'::text)`,
    `alter table acme.doc alter id drop default`,
    "default of column id of table doc ('acme.ids')",
  ],
  "a generated column": [
    `alter table acme.doc add g text generated always as (body || 'acme') stored`,
    `alter table acme.doc drop g`,
    "default of column g of table doc ('acme')",
  ],
  "a check": [
    `alter table acme.doc add constraint c check (body <> 'acme')`,
    `alter table acme.doc drop constraint c`,
    "constraint c of table doc ('acme')",
  ],
  "a domain's check": [
    `create domain acme.d as text constraint c check (value <> 'acme')`,
    `drop domain acme.d`,
    "constraint c of type d ('acme')",
  ],
  "a domain's default": [
    `create domain acme.d as text default 'acme'`,
    `drop domain acme.d`,
    "default of type d ('acme')",
  ],
  "a policy": [
    `create policy p on acme.doc using (current_user = 'ROLE')`,
    `drop policy p on acme.doc`,
    "policy p of table doc ('ROLE')",
  ],
  "a view": [
    `create view acme.v as select to_regclass('acme.audit') as r`,
    `drop view acme.v`,
    "view v ('acme.audit')",
  ],
  "a materialized view": [
    `create materialized view acme.m as select 'acme'::text as tenant`,
    `drop materialized view acme.m`,
    "view m ('acme')",
  ],
  "a rule": [
    `create rule r as on insert to acme.doc do also insert into acme.audit values (length('acme'))`,
    `drop rule r on acme.doc`,
    "rule r of table doc ('acme')",
  ],
  "an argument of a trigger": [
    `create trigger t before insert on acme.doc for each row execute function acme.stamp('acme')`,
    `drop trigger t on acme.doc`,
    "trigger t of table doc ('acme')",
  ],
  "the condition of an index": [
    `create index i on acme.doc (id) where body <> 'acme'`,
    `drop index acme.i`,
    "index i ('acme')",
  ],
  statistics: [
    `create statistics acme.s on id, (body || 'acme') from acme.doc`,
    `drop statistics acme.s`,
    "statistics s ('acme')",
  ],
  "a function outside, by which a trigger would write": [
    `create function public.f() returns trigger language plpgsql as 'begin insert into acme.audit values (1); return new; end'`,
    `drop function public.f()`,
    "function public.f() (acme)",
  ],
  "a function outside that sets the path": [
    `create function public.f() returns void language plpgsql as $$begin perform set_config('search_path', 'acme', true); end$$`,
    `drop function public.f()`,
    "function public.f() ('acme')",
  ],
};

describe("a renamed tenant", () => {
  let database: TestDatabase;
  let migrations: MigrationsFolder;
  let role: string;

  const rename = (from: string, to: string): Promise<unknown> =>
    withRegistry(
      database.adminUrl,
      (registry) => renameTenant(registry, from, to),
      migrations.folder,
    );
  const roleOf = async (schemaName: string): Promise<string> => {
    const rows = await database.sql<{ name: string }>(
      `select role_name as name from rowhouse.tenant where schema_name = '${schemaName}'`,
    );
    return rows[0]?.name ?? "";
  };

  before(async () => {
    migrations = await makeMigrations();
    await migrations.write("0001-doc", [
      'create table "${schema}".doc (id bigint, body text)',
      'create table "${schema}".audit (id bigint)',
      'create sequence "${schema}".ids',
      `create function "\${schema}".stamp() returns trigger language plpgsql as 'begin return new; end'`,
    ]);
    database = await createTestDatabase();
    await database.addTenants({ acme: "acme.example.com" }, migrations.folder);
    role = await roleOf("acme");
  });

  after(async () => {
    await database.drop();
    await migrations.remove();
  });

  for (const [what, [make, undo, place]] of Object.entries(REFUSED)) {
    it(`renameTenant() refuses ${what}, and changes nothing`, async () => {
      const fill = (text: string): string => text.replaceAll("ROLE", role);
      await database.sql(fill(make));
      const refused = await messageOf(rename("acme", "acme_old"));
      await database.sql(undo);
      expect(refused).to.include(
        `Cannot rename tenant: "acme" stands as text in ${fill(place)}, which`,
      );
      await rename("acme", "acme_old");
      await rename("acme_old", "acme");
    });
  }

  it("renameTenant() refuses a tenant that serves while one of its objects hides a shared one", async () => {
    await database.sql("create schema ref");
    const share = (change: SharedChange): Promise<unknown> =>
      withRegistry(database.adminUrl, (registry) =>
        initialise(registry, { sharedSchemas: change }),
      );
    await share({ add: ["ref"] });
    for (const [object, what] of [
      ["view ref.doc as select 1 as id", 'table "doc"'],
      ["function ref.stamp() returns int language sql return 1", 'function "stamp"'],
    ] as const) {
      await database.sql(`create ${object}`);
      expect(await messageOf(rename("acme", "acme_old"))).to.include(
        `its ${what} is also in the shared schema "ref"`,
      );
      await withRegistry(database.adminUrl, (registry) => suspendTenant(registry, "acme"));
      await rename("acme", "acme_old");
      await rename("acme_old", "acme");
      await withRegistry(database.adminUrl, (registry) => resumeTenant(registry, "acme"));
      await database.sql(`drop ${object.split(/ as | returns /)[0]}`);
    }
    await share({ remove: ["ref"] });
    await rename("acme", "acme_old");
    await rename("acme_old", "acme");
  });

  it("renameTenant() takes the settings of functions, roles and the database along", async () => {
    const reader = `${database.name}_reader`;
    await database.sql(
      `create role ${reader}`,
      `create function acme.log() returns trigger language plpgsql security definer
         set search_path = acme, pg_temp as 'begin insert into audit values (new.id); return new; end'`,
      `create procedure acme.tidy(inout a int, b text) language plpgsql set search_path = "$user", "acme" as 'begin end'`,
      `create function public.count_docs() returns bigint language sql set search_path = acme as 'select count(*) from doc'`,
      `create text search configuration acme.words (copy = pg_catalog.simple)`,
      `create function acme.seek() returns tsquery stable language sql
         set default_text_search_config = 'acme.words' as $$select to_tsquery('a')$$`,
      `create trigger logged before insert on acme.doc for each row execute function acme.log()`,
      `alter role ${reader} in database ${database.name} set search_path = acme, public`,
      `alter role "${role}" set search_path = acme`,
      `alter database ${database.name} set search_path = "$user", acme, public`,
    );
    await rename("acme", "acme_old");
    await database.addTenants({ acme: "new.example.com" }, migrations.folder);
    await database.sql("insert into acme_old.doc values (7)");
    const [rows] = await database.sql(
      `select (select count(*)::int from acme_old.audit) as old, (select count(*)::int from acme.audit) as new,
         public.count_docs()::int as docs`,
    );
    expect(rows).to.deep.equal({ old: 1, new: 0, docs: 1 });
    const settings = await database.sql<{ config: string }>(
      `select config from (select unnest(proconfig) as config from pg_proc where proconfig::text like '%acme%'
       union all select unnest(setconfig) from pg_db_role_setting where setconfig::text like '%acme%'
       ) as all_of_them order by config collate "C"`,
    );
    expect(settings.map(({ config }) => config)).to.deep.equal([
      'default_text_search_config="acme_old"."words"',
      'search_path="$user", acme_old',
      'search_path="$user", acme_old, public',
      "search_path=acme_old",
      "search_path=acme_old",
      "search_path=acme_old, pg_temp",
      "search_path=acme_old, public",
    ]);
    await database.sql(
      `alter database ${database.name} reset search_path`,
      `drop function public.count_docs()`,
      `drop owned by ${reader}`,
      `drop role ${reader}`,
    );
  });

  it("renameTenant() refuses a setting that its admin role may not change, and changes nothing", async () => {
    const plain = await createPlainAdmin({ acme: "acme.example.com" });
    try {
      await plain.sql(
        `create function public.f() returns int language sql set search_path = acme as 'select 1'`,
      );
      const renaming = withRegistry(plain.adminUrl, (registry) =>
        renameTenant(registry, "acme", "acme_old"),
      );
      expect(await messageOf(renaming)).to.include(
        "setting search_path of routine public.f() contains",
      );
      expect(await plain.sql("select schema_name from rowhouse.tenant")).to.deep.equal([
        { schema_name: "acme" },
      ]);
    } finally {
      await plain.drop();
    }
  });

  it("renameTenant() refuses a role's search_path that holds in all databases", async () => {
    const reader = `${database.name}_reader`;
    await database.sql(`create role ${reader}`, `alter role ${reader} set search_path = acme`);
    expect(await messageOf(rename("acme", "acme_new"))).to.include(
      `setting search_path of role ${reader} for all databases`,
    );
    await database.sql(`drop role ${reader}`);
  });

  it("renameTenant() renames what migrations have named by the schema, for the next one to find", async () => {
    const named = await makeMigrations();
    const other = await createTestDatabase();
    try {
      await named.write("0001-named", [
        'create table "${schema}".doc (id int constraint "${schema}_c" check (id > 0), named int)',
        'create index "${schema}_named_idx" on "${schema}".doc (named)',
        'create index named_idx on "${schema}".doc (named)',
        'create statistics "${schema}"."${schema}_s" on id, named from "${schema}".doc',
        'create policy "${schema}_p" on "${schema}".doc',
      ]);
      await other.addTenants({ named: "named.example.com" }, named.folder);
      await named.write("0002-drop", [
        'drop index "${schema}"."${schema}_named_idx"',
        'alter table "${schema}".doc drop constraint "${schema}_c"',
        'drop statistics "${schema}"."${schema}_s"',
        'drop policy "${schema}_p" on "${schema}".doc',
      ]);
      await withRegistry(
        other.adminUrl,
        (registry) => renameTenant(registry, "named", "renamed"),
        named.folder,
      );
      const variables = { ADMIN_DATABASE_URL: other.adminUrl, TENANT_MIGRATIONS: named.folder };
      const migrated = await runVerbWith(variables, "migrate", "--tenants", "renamed");
      expect(migrated.stdout).to.include("Migrated 1 tenant");
      const left = await other.sql("select indexname from pg_indexes where schemaname = 'renamed'");
      expect(left).to.deep.equal([{ indexname: "named_idx" }]);
    } finally {
      await other.drop();
      await named.remove();
    }
  });

  it("renameTenant() takes a word for a word where every tenant has it", async () => {
    await migrations.write("0002-data", [
      "create table \"${schema}\".data (value int, kind text check (kind in ('data', 'other')))",
      `create function "\${schema}".total() returns bigint language plpgsql as 'begin return (select sum(data.value) from data); end'`,
      `comment on table "\${schema}".data is 'data'`,
    ]);
    await database.addTenants({ data: "data.example.com" }, migrations.folder);
    await rename("data", "data_old");
    await database.sql(`alter table data_old.data add check (kind <> 'data_old')`);
    expect(await messageOf(rename("data_old", "data"))).to.include("constraint data_kind_check1");
  });

  it("rename-tenant leaves a role that another database uses, and says so", async () => {
    const copy = `${database.name}_copy`;
    await database.addTenants({ shared: "shared.example.com" }, migrations.folder);
    await database.sql(`create database ${copy} template ${database.name}`);
    const before = await roleOf("shared");
    try {
      const renamed = await runVerb(urlOf(copy), "rename-tenant", "shared", "moved");
      expect(renamed.stdout).to.equal(
        `Renamed tenant "shared" to "moved"\nKept role "${before}": database "${database.name}" uses it\n`,
      );
      expect(await roleOf("shared")).to.equal(before);
      expect(await database.sql(`select from pg_roles where rolname = '${before}'`)).to.have.length(
        1,
      );
    } finally {
      await database.sql(`drop database ${copy}`);
    }
  });
});
