// node admin/migrate.js: which tenants it migrates and which it does not, what a failure costs, and what
// it says.

import { expect } from "chai";
import { useDatabase } from "../../support/database/database.ts";
import { makeMigrations, type MigrationsFolder } from "../../support/sql/migrations.ts";
import { redirect } from "../../support/network/redirect.ts";
import { serverAddress } from "../../support/server/server.ts";
import { performVerb, type VerbResult } from "../../support/program/verb.ts";
import { openWireTap } from "../../support/network/wire.ts";

const TENANTS = 100;
const UNLUCKY = "t037";

describe("migrate", () => {
  const database = useDatabase();
  let migrations: MigrationsFolder;
  const names = Array.from(
    { length: TENANTS },
    (_, index) => `t${String(index + 1).padStart(3, "0")}`,
  );

  const migrate = (...parameters: string[]): Promise<VerbResult> =>
    performVerb(
      { adminUrl: database.adminUrl, env: { TENANT_MIGRATIONS: migrations.folder } },
      "migrate",
      ...parameters,
    );
  const summaryOf = ({ stdout }: VerbResult): Record<string, unknown> =>
    JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
  const versions = async (): Promise<Record<string, number>> => {
    const rows = await database.sql<{ version: number; count: number }>(
      "select version, count(*)::int from rowhouse.tenant group by version",
    );
    return Object.fromEntries(rows.map(({ version, count }) => [version, count]));
  };
  const withColumn = async (name: string): Promise<number> => {
    const rows = await database.sql(
      `select from information_schema.columns where table_name = 'item' and column_name = '${name}'`,
    );
    return rows.length;
  };

  before(async () => {
    migrations = await makeMigrations();
    await migrations.write(
      "0001-item",
      ['create table "${schema}".item (id int primary key, color text)'],
      ['drop table "${schema}".item'],
    );
    await database.addTenants(
      Object.fromEntries(names.map((name) => [name, `${name}.example.com`])),
      migrations.folder,
    );
  });

  after(() => migrations.remove());

  it("migrate asks three questions when no tenant is behind", async () => {
    const tap = await openWireTap(serverAddress());
    try {
      const result = await performVerb(
        {
          adminUrl: redirect(database.adminUrl, tap.port),
          env: { TENANT_MIGRATIONS: migrations.folder },
        },
        "migrate",
      );
      expect(result).to.deep.equal({
        status: 0,
        stdout: "Nothing to migrate: no tenant is behind version 1 (0001-item)\n",
        stderr: "",
      });
      // Sequelize begins a connection with commands of its own, which have no parameters.
      expect([tap.count("P"), tap.count("B")]).to.deep.equal([1, 1]);
      expect(tap.count("Q")).to.be.lessThan(8);
    } finally {
      await tap.close();
    }
  });

  it("migrate --plan prints what would be done and changes nothing", async () => {
    await migrations.write(
      "0002-size",
      ['alter table "${schema}".item add column size int'],
      ['alter table "${schema}".item drop column size'],
    );
    const result = await migrate("--plan", "--tenants", "t001,t00*");
    expect(result.stdout.split("\n")).to.deep.equal([
      "Rowhouse modules, 2 migrations",
      ...names.slice(0, 9).map((name) => `${name}: 1 to 2: up 0002-size`),
      "Would migrate 9 tenants to version 2 (0002-size); nothing was changed",
      "",
    ]);
    expect(await versions()).to.deep.equal({ 1: TENANTS });
    expect(await withColumn("size")).to.equal(0);
  });

  it("migrate --canary names some, migrates them, and holds the rest back", async () => {
    const result = await migrate("--canary", "4%");
    expect(result.status).to.equal(0);
    const canary = /^Canary: (.*)$/m.exec(result.stdout)?.[1]?.split(",") ?? [];
    expect(canary.length).to.equal(4);
    expect(result.stdout).to.match(
      /^Migrated 4 tenants to version 2 \(0002-size\) in [\d.]+ s; 96 held back$/m,
    );
    const rows = await database.sql<{ schema_name: string }>(
      "select schema_name from rowhouse.tenant where version = 2",
    );
    expect(rows.map((row) => row.schema_name)).to.have.members(canary);
    expect(await withColumn("size")).to.equal(4);
  });

  it("migrate refuses a version, a tenant, a canary and a number that are none", async () => {
    const wrong: readonly (readonly [string[], number, RegExp])[] = [
      [
        ["--to", "7"],
        1,
        /^Cannot migrate: migration "7" does not exist; the newest of the folder: 0001-item, 0002-size\n$/,
      ],
      [["--tenants", "t001,nobody,x*"], 1, /nothing matches "nobody", "x\*"; see/],
      [["--canary", "0"], 2, /^Cannot run migrate: --canary "0" must be/],
      [["--canary", "101%"], 2, /must be a number/],
      [["--concurrency", "0"], 2, /--concurrency "0" is not a whole number from 1 to/],
      [["--tenants", "a'; drop schema t001"], 1, /nothing matches "a'; drop schema t001"/],
    ];
    for (const [parameters, status, message] of wrong) {
      const result = await migrate(...parameters);
      expect(result.stderr).to.match(message);
      expect([result.status, result.stdout]).to.deep.equal([status, ""]);
    }
    expect(await versions()).to.deep.equal({ 1: TENANTS - 4, 2: 4 });
  });

  it("migrate goes on behind a tenant that fails, and does just that one when it is mended", async () => {
    await migrations.write(
      "0003-color",
      [
        `update "\${schema}".item set color = 'none' where color is null`,
        'alter table "${schema}".item add check (length(color) < 5)',
      ],
      ['alter table "${schema}".item drop constraint item_color_check'],
    );
    await database.sql(`insert into ${UNLUCKY}.item values (1, 'vermilion'), (2, null)`);
    const result = await migrate("--json");
    expect(result.status).to.equal(3);
    expect(summaryOf(result)).to.include({ target: 3, migrated: TENANTS - 1, failed: 1, left: 0 });
    expect(await versions()).to.deep.equal({ 2: 1, 3: TENANTS - 1 });
    // All or nothing: the first command of the failed migration is undone.
    expect(await database.sql(`select color from ${UNLUCKY}.item order by id`)).to.deep.equal([
      { color: "vermilion" },
      { color: null },
    ]);
    const failure = `select from_version as "from", to_version as "to", sqlstate, message
      from rowhouse.migration_run where schema_name = '${UNLUCKY}' and outcome = 'failed'`;
    const [row] = await database.sql<{ message: string }>(failure);
    expect(row).to.include({ from: 2, to: 3, sqlstate: "23514" });
    expect(row?.message).to.include("item_color_check");

    const told = await migrate();
    expect(told.status).to.equal(1);
    expect(told.stdout).to.match(
      /^Failed t037, at version 2 \(0002-size\): 0003-color\.js, "alter table .*item_color_check.* \(SQLSTATE 23514\)$/m,
    );
    await database.sql(`update ${UNLUCKY}.item set color = 'red' where id = 1`);
    const again = await migrate("--json");
    expect(again.status).to.equal(0);
    expect(summaryOf(again)).to.include({ migrated: 1, failed: 0 });
    expect(await versions()).to.deep.equal({ 3: TENANTS });
    const done = await database.sql<{ count: number }>(
      `select count(*)::int from rowhouse.migration_run where outcome = 'migrated'
       group by schema_name, to_version having count(*) > 1`,
    );
    expect(done).to.deep.equal([]);
  });

  it("migrate --to goes down, every step of it, and up again", async () => {
    const down = await migrate("--to", "0001-item", "--tenants", "t01*");
    expect(down.stdout).to.match(/^Migrated 10 tenants to version 1 \(0001-item\) in/);
    expect(await versions()).to.deep.equal({ 1: 10, 3: TENANTS - 10 });
    expect(await withColumn("size")).to.equal(TENANTS - 10);
    const up = await migrate("--to", "2", "--tenants", "t01*");
    expect(up.stdout).to.match(/^Migrated 10 tenants to version 2 \(0002-size\) in/);
    expect(await versions()).to.deep.equal({ 2: 10, 3: TENANTS - 10 });
  });

  it("migrate --max-failures begins no more once so many have failed", async () => {
    await migrations.write("0004-broken", ["select 1 / 0"]);
    const result = await migrate("--max-failures", "3", "--concurrency", "1", "--json");
    expect(result.status).to.equal(1);
    expect(summaryOf(result)).to.include({ migrated: 0, failed: 3, left: TENANTS - 3 });
    expect(await versions()).to.not.have.property("4");
  });

  it("migrate skips tenants in a transition, and says why", async () => {
    await migrations.write("0004-broken", ['alter table "${schema}".item add column mended int']);
    await database.sql(
      "update rowhouse.tenant set transition = 'dropping', status = 'suspended' where schema_name = 't001'",
    );
    const result = await migrate();
    expect(result.status).to.equal(0);
    expect(result.stdout).to.match(
      /^Skipped t001: it is being dropped; finish with node admin\/drop-tenant.js t001/m,
    );
    expect(result.stdout).to.match(
      /Migrated 99 tenants to version 4 \(0004-broken\) in .*; 1 skipped/,
    );
    expect(await versions()).to.deep.equal({ 3: 1, 4: TENANTS - 1 });
  });
});
