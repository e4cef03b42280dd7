// The registry knows the migrations by name: the wrong folder, an edited file and a late merge are refused by every verb
// before anything happens, and names that no tenant has do not bind.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { useDatabase } from "../../support/database/database.ts";
import { performVerb, type VerbResult } from "../../support/program/verb.ts";

describe("the names of the tenants' migrations", () => {
  const database = useDatabase();
  let folder: string;
  let other: string;

  const write = (name: string, text: string, place = folder): Promise<void> =>
    writeFile(join(place, `${name}.sql`), text);
  const run = (name: string, ...parameters: string[]): Promise<VerbResult> =>
    runIn(folder, name, ...parameters);
  const runIn = (place: string, name: string, ...parameters: string[]): Promise<VerbResult> =>
    performVerb(
      {
        adminUrl: database.adminUrl,
        env: { TENANT_MIGRATIONS: place },
        input: "host,schema\nnew.test,new_one\n",
      },
      name,
      ...parameters,
    );
  const names = async (): Promise<readonly string[]> => {
    const rows = await database.sql<{ name: string }>(
      "select name from rowhouse.tenant_migration where position > 0 order by position",
    );
    return rows.map(({ name }) => name);
  };
  const state = (): Promise<unknown> =>
    database.sql(
      `select (select json_agg(t order by schema_name) from rowhouse.tenant as t) as tenants,
         (select json_agg(m order by position) from rowhouse.tenant_migration as m) as names,
         (select count(*)::int from pg_namespace) as schemas`,
    );

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-names-"));
    other = await mkdtemp(join(tmpdir(), "rowhouse-names-"));
    await write("001_doc", "create table doc (id int primary key);\n");
    await write("003_size", "alter table doc add column size int;\n");
    await write("001_unlike", "create table unlike ();\n", other);
    await run("add-tenant", "a.test", "a");
    await run("export-tenant", "a", join(folder, "..a.zip"));
  });

  after(async () => {
    for (const one of [folder, other]) await rm(one, { recursive: true });
  });

  it("are recorded with checksums by the transaction that applies them first", async () => {
    const rows = await database.sql(
      "select position, name, length(checksum) as length from rowhouse.tenant_migration order by 1",
    );
    expect(rows).to.deep.equal([
      { position: 0, name: "", length: null },
      { position: 1, name: "001_doc", length: 64 },
      { position: 2, name: "003_size", length: 64 },
    ]);
  });

  const refusesAll = async (place: string, reason: RegExp): Promise<void> => {
    const before = await state();
    const archive = join(folder, "..a.zip");
    for (const [name, ...parameters] of [
      ["migrate"],
      ["migrate", "--plan"],
      ["migrate", "--check"],
      ["add-tenant", "b.test", "b"],
      ["add-tenants", "-"],
      ["clone-tenant", "a", "b", "b.test"],
      ["import-tenant", archive, "b.test", "b"],
    ] as const) {
      const { status, stderr } = await runIn(place, name, ...parameters);
      expect(stderr, name).to.match(reason);
      expect(status, name).to.equal(1);
    }
    expect(await state()).to.deep.equal(before);
    const looked = await runIn(place, "status", "--no-drift");
    expect(looked.stdout).to.match(reason);
    expect(looked.status).to.equal(3);
  };

  it("refuse a folder that lacks one, for every verb", () =>
    refusesAll(other, /"[^"]*" does not have "001_doc", and 1 more, .*; set TENANT_MIGRATIONS/));

  it("refuse a file that was edited, until it is accepted", async () => {
    await write("003_size", "alter table doc add column size bigint;\n");
    await refusesAll(folder, /003_size\.sql was edited after tenants got it; .*--accept-edited/);
    const { stdout } = await run("migrate", "--accept-edited");
    expect(stdout).to.match(/^Accepted 003_size\.sql as it is now$/m);
    expect((await run("migrate", "--check")).status).to.equal(0);
    await write("003_size", "alter table doc add column size int;\n");
    await run("migrate", "--accept-edited");
  });

  it("refuse one that was merged late, until it may come next, for new tenants as for old ones", async () => {
    await write("002_late", "alter table doc add column late int;\n");
    await refusesAll(folder, /002_late\.sql comes before "003_size", .*--allow-late/);
    const { status, stdout } = await run("migrate", "--allow-late");
    expect(stdout).to.match(/^Migrated 1 tenant to version 3 \(002_late\)/m);
    expect(status).to.equal(0);
    expect(await names()).to.deep.equal(["001_doc", "003_size", "002_late"]);
    // From now on nothing needs to be allowed, and a new tenant gets them in this order.
    expect((await run("add-tenant", "late.test", "late")).status).to.equal(0);
    const columns = await database.sql<{ columns: string }>(
      `select string_agg(attname, ',' order by attnum) as columns from pg_attribute
        where attrelid in ('a.doc'::regclass, 'late.doc'::regclass) and attnum > 0 group by attrelid`,
    );
    expect(columns.map((row) => row.columns)).to.deep.equal(["id,size,late", "id,size,late"]);
  });

  it("are named by --to, in lists and in JSON", async () => {
    await run("clone-tenant", "a", "down", "down.test");
    await writeFile(join(folder, "001_doc.down.sql"), "drop table doc;\n").catch(() => {});
    const plan = await run("migrate", "--plan", "--json", "--to", "002_late");
    const lines = plan.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(lines.at(-1)).to.deep.include({ target: 3, targetMigration: "002_late", planned: 0 });
    const listed = await run("list-tenants", "--json");
    expect((JSON.parse(listed.stdout) as object[])[0]).to.include({
      version: 3,
      migration: "002_late",
    });
    expect((await run("migrate", "--to", "004_none")).stderr).to.include(
      '"004_none" does not exist',
    );
  });

  it("of two runs with different folders at once, one records its name and the other is refused", async () => {
    const twin = await mkdtemp(join(tmpdir(), "rowhouse-names-"));
    try {
      for (const place of [folder, twin]) {
        await write("001_doc", "create table doc (id int primary key);\n", place);
        await write("002_late", "alter table doc add column late int;\n", place);
        await write("003_size", "alter table doc add column size int;\n", place);
      }
      await write("004_here", "alter table doc add column fourth int;\n");
      await write("004_there", "alter table doc add column fourth int;\n", twin);
      const results = await Promise.all(
        [folder, twin].map((place) => runIn(place, "migrate", "--concurrency", "1", "--json")),
      );
      expect(await names()).to.have.length(4);
      const rows = await database.sql("select from rowhouse.tenant where version = 4");
      expect(rows).to.have.length(3);
      const texts = results.map(({ stdout, stderr }) => stdout + stderr).join("");
      expect(texts).to.match(/another run with another folder|does not have \\?"004_/);
    } finally {
      await rm(twin, { recursive: true });
    }
  });

  it("bind no more when no tenant has them", async () => {
    await database.sql(
      "update rowhouse.tenant set version = 0",
      "drop table a.doc, late.doc, down.doc",
    );
    const { status, stderr, stdout } = await runIn(other, "migrate");
    expect([status, stderr], stdout).to.deep.equal([0, ""]);
    expect(await names()).to.deep.equal(["001_unlike"]);
  });
});
