// init-db takes over a registry that knew its tenants' migrations by number only. The dump was made by commit 16f574d,
// with one tenant at 0005 and one at 0007.

import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { expect } from "chai";
import { createTestDatabase, type TestDatabase } from "../../support/database/database.ts";
import { type MigrationsFolder, makeMigrations } from "../../support/sql/migrations.ts";
import { SERVICE_ROLE } from "../../support/server/server.ts";
import { performVerb, type VerbResult } from "../../support/program/verb.ts";

const DUMP = new URL("../../support/registry-16f574d.sql", import.meta.url);

describe("init-db on a registry that knows numbers", () => {
  let database: TestDatabase;
  let migrations: MigrationsFolder;

  const run = (name: string, ...parameters: string[]): Promise<VerbResult> =>
    performVerb(
      { adminUrl: database.adminUrl, env: { TENANT_MIGRATIONS: migrations.folder } },
      name,
      ...parameters,
    );

  before(async () => {
    migrations = await makeMigrations();
    await migrations.write("0001-note", ['create table "${schema}".note (id int primary key)']);
    await migrations.write("0005-text", ['alter table "${schema}".note add column text text']);
    database = await createTestDatabase();
    await database.sql("drop schema rowhouse cascade");
    const dump = await readFile(DUMP, "utf8");
    await database.sql(dump.replaceAll("'rowhouse_service'", `'${SERVICE_ROLE}'`));
  });

  after(async () => {
    await migrations.remove();
    await database.drop();
  });

  it("refuses a folder that lacks a number which a tenant has, and changes nothing", async () => {
    const { status, stderr } = await run("init-db");
    expect(status).to.equal(1);
    expect(stderr).to.match(/^Cannot initialise: tenants have version 7, and the folder/);
    const names = await database.sql("select name from rowhouse.registry_migration");
    expect(names).to.have.length(4);
  });

  it("gives each file a position and its name, each tenant the position, and the history the names", async () => {
    await migrations.write("0007-index", ['create index note_text on "${schema}".note (text)']);
    expect((await run("init-db")).status).to.equal(0);
    expect(
      await database.sql("select * from rowhouse.tenant_migration order by position"),
    ).to.deep.equal([
      { position: 0, name: "", checksum: null },
      { position: 1, name: "0001-note", checksum: null },
      { position: 2, name: "0005-text", checksum: null },
      { position: 3, name: "0007-index", checksum: null },
    ]);
    expect(
      await database.sql("select schema_name, version from rowhouse.tenant order by 1"),
    ).to.deep.equal([
      { schema_name: "first", version: 2 },
      { schema_name: "second", version: 3 },
    ]);
    expect(
      await database.sql("select from_version, to_version, migration from rowhouse.migration_run"),
    ).to.deep.equal([{ from_version: 2, to_version: 3, migration: "0007-index" }]);
    const shown = JSON.parse((await run("log", "--json")).stdout) as readonly object[];
    expect(shown.map((event) => Object.values(event).slice(1, 4))).to.deep.equal([
      ["unknown", "migrate", "second"],
      [userInfo().username, "init-db", null],
    ]);
    expect((await run("migrate")).stdout).to.match(
      /^Migrated 1 tenant to version 3 \(0007-index\)/,
    );
    expect(
      await database.sql("select from pg_indexes where indexname = 'note_text'"),
    ).to.have.length(2);
  });

  it("status names what an older registry lacks, and add-tenant refuses it and leaves nothing", async () => {
    const newest = "(select max(name) from rowhouse.registry_migration)";
    const [row] = await database.sql<{ name: string }>(
      `delete from rowhouse.registry_migration where name = ${newest} returning name`,
    );
    const { name = "" } = row ?? {};
    const { status, stdout } = await run("status");
    expect(status).to.equal(3);
    expect(stdout).to.match(new RegExp(`^Registry: it lacks ${name}; run .*init-db`, "m"));
    const refused = await run("add-tenant", "third.example", "third");
    expect(refused.status).to.equal(1);
    expect(refused.stderr).to.match(
      new RegExp(`^Cannot add tenant: .* it lacks ${name}; run .*init-db.* first$`, "m"),
    );
    const tenants = await database.sql<{ name: string }>(
      "select schema_name as name from rowhouse.tenant order by 1",
    );
    expect(tenants.map((tenant) => tenant.name)).to.deep.equal(["first", "second"]);
  });
});
