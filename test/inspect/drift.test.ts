// Drift: what differs between a tenant's schema and the one that the migrations make is told object by
// object, and nothing else is.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Drift, findDrift } from "../../admin/inspect/drift.ts";
import { loadTenantMigrations } from "../../admin/migrations/ordered.ts";
import { createTenant } from "../../admin/lifecycle/tenant.ts";
import { createTestDatabase, useDatabase } from "../support/database/database.ts";
import { useRegistry } from "../support/database/use-registry.ts";
import { runVerb, runVerbWith } from "../support/program/verb.ts";

// Names that need quotes, names that are columns, tables and words of SQL, and one that is in another.
const NAMES = ["acme", "ac", "data", "key", "user", "integer", "e", "_", "a".repeat(48)];

// One of everything that a fingerprint has.
const RICH = `
export const up = async ({ schema, sql }) => {
  const s = '"' + schema + '"';
  await sql("create type " + s + ".mood as enum ('ok', 'bad')");
  await sql("create domain " + s + ".amount as integer not null check (value > 0)");
  await sql("create table " + s + ".item (id int generated always as identity primary key, " +
    "mood " + s + ".mood default 'ok', price " + s + ".amount, name varchar(20) collate \\"C\\", " +
    "twice int generated always as (price * 2) stored, unique (name), check (length(name) > 1))");
  await sql("create table " + s + ".line (id bigserial primary key, label text collate \\"C\\", item int references " + s + ".item)");
  await sql("create index item_name on " + s + ".item (lower(name)) where price > 1");
  await sql("create view " + s + ".dear as select i.name, l.id from " + s + ".item i join " + s + ".line l on l.item = i.id");
  await sql("create function " + s + ".total(a int) returns bigint language sql as 'select sum(price) from " + s + ".item where id > a'");
  await sql("create function " + s + ".stamp() returns trigger language plpgsql as 'begin perform " + s + ".total(1); return new; end'");
  await sql("create trigger stamped before insert on " + s + ".line for each row execute function " + s + ".stamp()");
  await sql("alter table " + s + ".item enable row level security");
  await sql("create policy mine on " + s + ".item using (price > 3)");
  await sql("create statistics " + s + ".both on id, item from " + s + ".line");
  await sql("create rule never as on delete to " + s + ".line do instead nothing");
  await sql("create table " + s + "." + schema + "_log (at int) partition by range (at)");
  await sql("create view " + s + ".seen as select id, item from " + s + ".line");
  await sql("alter view " + s + ".seen alter item set default 7");
  await sql("create sequence " + s + ".ids");
  await sql("create text search dictionary " + s + ".words (template = simple, accept = false)");
  await sql("create text search configuration " + s + ".search (copy = simple)");
  await sql("alter text search configuration " + s + ".search alter mapping for word with " + s + ".words, english_stem");
  await sql("create collation " + s + ".plain (provider = libc, locale = 'C')");
  await sql("create function " + s + ".pick(int, int) returns int language sql as 'select $1'");
  await sql("create function " + s + ".pock(int, int) returns int language sql as 'select $1'");
  await sql("create function " + s + ".same(int, int) returns boolean language sql as 'select $1 = $2'");
  await sql("create function " + s + ".not_same(int, int) returns boolean language sql as 'select $1 <> $2'");
  await sql("create aggregate " + s + ".first(int) (sfunc = " + s + ".pick, stype = int)");
  await sql("create operator " + s + ".=== (leftarg = int, rightarg = int, function = " + s + ".same)");
  await sql("create cast (" + s + ".mood as bytea) with inout");
  await sql("create operator family " + s + ".family using btree");
};
export const down = async () => {};
`;

describe("drift", () => {
  const database = useDatabase();
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-drift-"));
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    await writeFile(join(folder, "0001-rich.js"), RICH);
    await database.sql(`create role ${database.name}_stranger`);
  });

  after(() => rm(folder, { recursive: true }));
  after(() => {
    const stranger = `${database.name}_stranger`;
    return database.sql(`drop owned by ${stranger} cascade`, `drop role ${stranger}`);
  });

  const withRich = useRegistry(
    () => database.adminUrl,
    () => folder,
  );

  const find = (names: readonly string[], version = 1): Promise<Drift> =>
    withRich(async (registry) =>
      findDrift(
        registry,
        await loadTenantMigrations(registry),
        names.map((schemaName) => ({ schemaName, version })),
      ),
    );

  it("findDrift() finds none in tenants that the migrations made, whatever they are called", async () => {
    await withRich(async (registry) => {
      for (const name of NAMES) await createTenant(registry, name, [`${name}.example`]);
    });
    expect(await find(NAMES)).to.deep.equal({
      compared: NAMES.length,
      drifted: [],
      notCompared: [],
    });
  });

  const CHANGES: readonly [change: string, told: string, undo?: string][] = [
    [
      `alter table $.item add column note text`,
      'table "item": column "note" text is not in version 1',
      `alter table $.item drop column note`,
    ],
    [
      `drop index $.item_name`,
      'table "item": index "item_name" is missing',
      `create index item_name on $.item (lower(name)) where price > 1`,
    ],
    [
      `alter table $.item alter mood set default 'bad'`,
      `table "item": column "mood" is $.mood default 'bad'::$.mood, in version 1 it is $.mood default 'ok'::$.mood`,
      `alter table $.item alter mood set default 'ok'`,
    ],
    [
      `create table $.extra (a int primary key)`,
      'table "extra" is not in version 1',
      `drop table $.extra`,
    ],
    [
      `alter table $.line disable trigger stamped`,
      'table "line": trigger "stamped" is',
      `alter table $.line enable trigger stamped`,
    ],
    [
      `alter table $.item disable row level security`,
      'table "item" is plain, in version 1 it is row level security',
      `alter table $.item enable row level security`,
    ],
    [
      `alter policy mine on $.item using (price > 4)`,
      'table "item": policy "mine" is',
      `alter policy mine on $.item using (price > 3)`,
    ],
    [
      `alter sequence $.line_id_seq cache 5`,
      'sequence "line_id_seq" is',
      `alter sequence $.line_id_seq cache 1`,
    ],
    [
      `alter function $.total(int) stable`,
      'function "total"(a integer) is',
      `alter function $.total(int) volatile`,
    ],
    [
      `drop rule never on $.line`,
      'table "line": rule "never" is missing',
      `create rule never as on delete to $.line do instead nothing`,
    ],
    [
      `drop statistics $.both`,
      'table "line": statistics "both" is missing',
      `create statistics $.both on id, item from $.line`,
    ],
    [
      `alter domain $.amount drop not null`,
      'type "amount" is domain',
      `alter domain $.amount set not null`,
    ],
    [
      `create or replace view $.dear as select i.name, l.id from $.item i left join $.line l on l.item = i.id`,
      'view "dear" is',
      `create or replace view $.dear as select i.name, l.id from $.item i join $.line l on l.item = i.id`,
    ],
    [
      `alter table $.item alter name set storage external`,
      'table "item": column "name" is character varying(20) collate "C" storage e',
      `alter table $.item alter name set storage extended`,
    ],
    [
      `alter table $.line alter label type text collate "POSIX"`,
      'table "line": column "label" is text collate "POSIX"',
      `alter table $.line alter label type text collate "C"`,
    ],
    [
      `alter view $.dear owner to "STRANGER"`,
      'view "dear" is ',
      `alter view $.dear owner to current_user`,
    ],
    [
      `alter function $.total(int) owner to "STRANGER"`,
      'function "total"(a integer) is',
      `alter function $.total(int) owner to current_user`,
    ],
    [
      `alter type $.mood owner to "STRANGER"`,
      `type "mood" is enum 'ok', 'bad' belongs to`,
      `alter type $.mood owner to current_user`,
    ],
    [
      `grant update (name) on $.item to "STRANGER"`,
      'table "item": grants on column "name" is not in version 1',
      `revoke update (name) on $.item from "STRANGER"`,
    ],
    [
      `alter sequence $.ids owned by $.line.item`,
      'sequence "ids" is owned by $.line.item',
      `alter sequence $.ids owned by none`,
    ],
    [
      `alter view $.seen alter item set default 8`,
      'view "seen": column "item" is integer default 8, in version 1 it is integer default 7',
      `alter view $.seen alter item set default 7`,
    ],
    [
      `alter text search configuration $.search alter mapping for word with simple`,
      'text search configuration "search" is',
      `alter text search configuration $.search alter mapping for word with $.words, english_stem`,
    ],
    [
      `alter text search dictionary $.words (accept = true)`,
      'text search dictionary "words" is simple accept',
      `alter text search dictionary $.words (accept = false)`,
    ],
    [
      `drop collation $.plain`,
      'collation "plain" is missing',
      `create collation $.plain (provider = libc, locale = 'C')`,
    ],
    [
      `create or replace aggregate $.first(int) (sfunc = $.pock, stype = int)`,
      'function "first"(integer) is integer aggregate n $.pock',
      `create or replace aggregate $.first(int) (sfunc = $.pick, stype = int)`,
    ],
    [
      `drop operator $.=== (int, int); create operator $.=== (leftarg = int, rightarg = int, function = $.not_same)`,
      'operator "==="(integer, integer) is $.not_same',
      `drop operator $.=== (int, int); create operator $.=== (leftarg = int, rightarg = int, function = $.same)`,
    ],
    [
      `drop cast ($.mood as bytea)`,
      "cast ($.mood as bytea) is missing",
      `create cast ($.mood as bytea) with inout`,
    ],
    // Not to be undone: the last.
    [
      `alter type $.mood add value 'worse'`,
      `type "mood" is enum 'ok', 'bad', 'worse', in version 1 it is enum 'ok', 'bad'`,
    ],
  ];
  for (const [change, told, undo] of CHANGES) {
    it(`findDrift() tells of: ${change}`, async () => {
      // Of the two, one has a name by which its text cannot be told from the reference's.
      const names = undo === undefined ? ["ac"] : ["acme", "key"];
      const fill = (text: string, name: string): string =>
        text.replaceAll("STRANGER", `${database.name}_stranger`).replaceAll("$", name);
      await database.sql(...names.map((name) => fill(change, name)));
      const { drifted } = await find(["acme", "ac", "key"]);
      if (undo !== undefined) await database.sql(...names.map((name) => fill(undo, name)));
      expect(drifted.map(({ schemaName }) => schemaName)).to.have.members(names);
      for (const { schemaName, differences } of drifted) {
        expect(differences).to.have.length(1);
        expect(differences[0]).to.include(fill(told, schemaName));
      }
    });
  }

  it("findDrift() finds nothing in tenants whose changes were undone", async () => {
    const { drifted } = await find(NAMES.filter((name) => name !== "ac"));
    expect(drifted).to.deep.equal([]);
  });

  it("findDrift() names a tenant that is locked, and compares the others", async () => {
    const client = await database.openClient();
    await client.query("begin");
    await client.query("lock table data.item in access exclusive mode");
    try {
      const { compared, notCompared } = await find(["acme", "data", "e"]);
      expect(compared).to.equal(2);
      expect(notCompared).to.deep.equal([
        { schemaName: "data", reason: "another session has locked it" },
      ]);
    } finally {
      await client.end();
    }
  });

  it("findDrift() compares no tenant whose version no migration makes", async () => {
    expect(await find(["acme"], 7)).to.deep.equal({
      compared: 0,
      drifted: [],
      notCompared: [{ schemaName: "acme", reason: "the folder does not have migration 7" }],
    });
  });

  it("status tells of drift, goes on without it when a migration fails, and leaves nothing", async () => {
    const variables = { ADMIN_DATABASE_URL: database.adminUrl, TENANT_MIGRATIONS: folder };
    await database.sql("alter table data.item add column note text");
    const found = await runVerbWith(variables, "status", "--tenants", "data,acme");
    expect(found.status).to.equal(3);
    expect(found.stdout).to.include(
      'Drift: 1 of 2 tenants\n  data: table "item": column "note" text is not in version 1\n',
    );
    await writeFile(
      join(folder, "0001-rich.js"),
      `export const up = ({ sql }) => sql("selec\\nt 1");`,
    );
    const broken = await runVerbWith(variables, "status", "--tenants", "acme");
    expect(broken.status).to.equal(3);
    expect(broken.stdout).to.match(
      /^Newest version 1 \(0001-rich\); 1 tenant: 1 on version 1 \(0001-rich\)$/m,
    );
    expect(broken.stdout).to.match(
      /^Cannot build the reference schema: migration 0001-rich fails: .*\(SQLSTATE 42601\); mend/m,
    );
    expect(
      (await runVerbWith(variables, "status", "--tenants", "acme", "--no-drift")).status,
    ).to.equal(0);
    const left = await database.sql("select from pg_namespace where nspname like 'rowhouse_ref%'");
    expect(left).to.deep.equal([]);
  });

  it("status compares each tenant with its own version", async () => {
    const own = await createTestDatabase();
    try {
      await own.addTenants({ old: "old.example", young: "young.example" });
      expect(
        (await runVerb(own.adminUrl, "migrate", "--to", "1", "--tenants", "old")).status,
      ).to.equal(0);
      const { stdout, status } = await runVerb(own.adminUrl, "status");
      expect(stdout).to.include("Drift: none in 2 tenants");
      expect(status).to.equal(0);
      await own.sql("update rowhouse.tenant set version = 2 where schema_name = 'old'");
      expect((await runVerb(own.adminUrl, "status")).stdout).to.include(
        'old: table "data": column "updated_at" is missing',
      );
    } finally {
      await own.drop();
    }
  });
});
