// The admin library with an application's own folder: what it keeps between tenants, and its runs over many.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Admin, AdminError, openAdmin } from "../../admin/library/admin.ts";
import { createTestDatabase, useDatabase } from "../support/database/database.ts";
import { rejection } from "../support/rejection.ts";
import { makeSqlFolder, type SqlFolder } from "../support/sql/sql-folder.ts";

const host = (schemaName: string) => ({ schemaName, hosts: [`${schemaName}.test`] });

describe("openAdmin() with a folder of SQL", () => {
  const database = useDatabase();
  let folder: SqlFolder;
  let admin: Admin;

  before(async () => {
    folder = await makeSqlFolder({
      "0001_a": "create table a (id int); -- the first\ncreate table b (id int) -- no semicolon",
      "0002_b": "create table c (id int);\ncreate table a (id int);",
    });
    admin = await openAdmin({ url: database.adminUrl, tenantMigrations: folder.folder });
  });

  after(async () => {
    await admin.close();
    await folder.remove();
  });

  const tablesOf = async (schemaName: string): Promise<readonly unknown[]> => {
    const rows = await database.sql(
      `select relname from pg_class where relnamespace = '${schemaName}'::regnamespace and relkind = 'r' order by 1`,
    );
    return rows.map(({ relname }) => relname);
  };

  it("createTenant() names the command that failed among those of one message, and leaves nothing", async () => {
    const error = await rejection(admin.createTenant(host("one")));
    expect(error)
      .to.be.instanceOf(AdminError)
      .that.includes({ code: "migration_failed", sqlstate: "42P07" });
    expect(String(error)).to.match(/0002_b\.sql, line 2, "create table a"/);
    expect(await admin.findTenant("one")).to.equal(undefined);
    expect(await database.sql("select from pg_namespace where nspname = 'one'")).to.deep.equal([]);
  });

  it("createTenant() sees a file that is mended, and a file that is added", async () => {
    await folder.write({ "0002_b": "create table c (id int);" });
    await admin.createTenant(host("two"));
    expect(await tablesOf("two")).to.deep.equal(["a", "b", "c"]);
    await folder.write({ "0003_d": "create table d (id int);" });
    await admin.createTenant(host("three"));
    expect(await tablesOf("three")).to.deep.equal(["a", "b", "c", "d"]);
    expect((await admin.findTenant("three"))?.version).to.equal(3);
  });

  it("createTenants() and eachTenant() yield an outcome for each tenant, and then a summary", async () => {
    const run = admin.as("intake").createTenants([host("two"), host("four"), host("Five")]);
    expect(await rejection(run.finish())).to.include({ code: "name_invalid" });
    const again = admin.as("intake").createTenants([host("two"), host("four")]);
    const outcomes: string[] = [];
    for await (const { schemaName, outcome } of again) outcomes.push(`${schemaName} ${outcome}`);
    expect(outcomes).to.have.members(["two existing", "four added"]);
    expect(await again.finish()).to.deep.equal({ added: 1, existing: 1, failed: 0, left: 0 });
    const [event] = await admin.readEvents({ schemaName: "four" });
    expect(event).to.include({ actor: "intake", verb: "add-tenant" });
    const each = admin.eachTenant("insert into a values (1)", { write: true, tenants: "t*" });
    expect(await each.finish()).to.deep.equal({ ran: 2, failed: 0, skipped: 0, left: 0 });
    const refused = admin.eachTenant("commit").finish();
    expect(await rejection(refused)).to.include({ code: "option_invalid" });
  });

  it("migrate() yields what it did, and starts no more tenants when the loop is left", async () => {
    await folder.write({ "0004_e": "create table e (id int);" });
    const plan = await admin.planMigration();
    expect(plan.tenants.map(({ schemaName }) => schemaName)).to.deep.equal([
      "four",
      "three",
      "two",
    ]);
    const run = admin.migrate({ concurrency: 1 });
    for await (const outcome of run) {
      expect(outcome).to.include({ outcome: "migrated", version: 4, newest: "0004_e" });
      break;
    }
    const { migrated, left } = await run.finish();
    expect(migrated + left).to.equal(3);
    expect(left).to.be.greaterThan(0);
    expect(await admin.migrate().finish()).to.include({ migrated: left, failed: 0, target: 4 });
    expect((await admin.readStatus({ drift: false })).behind).to.deep.equal([]);
  });

  it("an outcome that failed has the code of the error that one tenant's function rejects with", async () => {
    const lines = [
      { schemaName: "five", hosts: ["two.test"] },
      { schemaName: "two", hosts: ["other.test"] },
    ];
    const codes: (string | undefined)[] = [];
    for await (const { code } of admin.createTenants(lines)) codes.push(code);
    expect(codes).to.have.members(["host_taken", "name_taken"]);
    for await (const outcome of admin.eachTenant("select from nothing", { tenants: "two" })) {
      expect(outcome).to.include({ code: "database_error", sqlstate: "42P01" });
    }
    await folder.write({ "0005_f": "create table a (id int);" });
    for await (const outcome of admin.migrate({ tenants: "two" })) {
      expect(outcome).to.include({ code: "migration_failed", sqlstate: "42P07" });
    }
  });
});

describe("openAdmin() with a folder of modules", () => {
  const database = useDatabase();
  let folder: string;
  let admin: Admin;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-modules-"));
    admin = await openAdmin({ url: database.adminUrl, tenantMigrations: folder });
  });

  after(async () => {
    await admin.close();
    await rm(folder, { recursive: true });
  });

  const write = (name: string, ...statements: readonly string[]): Promise<void> => {
    const up = `export async function up({ schema, sql }) {\n${statements.join("\n")}\n}`;
    return writeFile(join(folder, `${name}.mjs`), `${up}\nexport async function down() {}\n`);
  };

  it("createTenant() compares a tenant that got other commands than one that was compared", async () => {
    await write(
      "0001-a",
      'await sql(`create table if not exists "${schema}".a (id int)`);',
      'if (schema !== "odd") await sql("create index on a (id)");',
    );
    for (const name of ["one", "two"]) await admin.createTenant(host(name));
    const error = await rejection(admin.createTenant(host("odd")));
    expect(error).to.be.instanceOf(AdminError).that.includes({ code: "migration_failed" });
    expect(String(error)).to.match(/it would not be what the migrations make: .*index/);
    await admin.createTenant(host("three"));
    const made = (await admin.listTenants()).map(({ schemaName }) => schemaName);
    expect(made).to.deep.equal(["one", "three", "two"]);
  });

  it("createTenant() takes one transaction for many modules, once a tenant has shown that their locks have room", async () => {
    const many = await mkdtemp(join(tmpdir(), "rowhouse-modules-"));
    try {
      for (let number = 1; number <= 101; number += 1) {
        const name = `t${String(number).padStart(4, "0")}`;
        const table = number % 100 === 1 ? `await sql("create table ${name} (id int)");` : "";
        const text = `export async function up({ sql }) { ${table} }\nexport async function down() {}\n`;
        await writeFile(join(many, `${name.slice(1)}-step.mjs`), text);
      }
      const own = await createTestDatabase();
      await using library = await openAdmin({ url: own.adminUrl, tenantMigrations: many });
      // With the first tenant the folder becomes the registry's, and what new tenants share is read again.
      await library.createTenant(host("zeroth"));
      const counts: unknown[] = [];
      for (const name of ["first", "second"]) {
        await library.createTenant(host(name));
        const [row] = await own.sql<{ n: number }>(
          `select count(distinct xmin::text)::int as n from pg_class where relnamespace = '${name}'::regnamespace`,
        );
        counts.push(row?.n);
      }
      expect(counts).to.deep.equal([2, 1]);
      await library.close();
      await own.drop();
    } finally {
      await rm(many, { recursive: true });
    }
  });

  it("createTenant() gives each module the tenant's search_path, also behind one that sets it", async () => {
    await write("0002-b", 'await sql("create table b (id int)");');
    await write("0003-path", `await sql("select set_config('search_path', 'pg_catalog', true)");`);
    await write("0004-c", 'await sql("create table c (id int)");');
    await admin.createTenant(host("four"));
    const [made] = await database.sql(
      "select to_regclass('four.b') as b, to_regclass('four.c') as c",
    );
    expect(made).to.deep.equal({ b: "four.b", c: "four.c" });
  });
});
