// The operator page in a browser: a canary watched to its end, the rest with a failure, and a run that is stopped.

import { expect } from "chai";
import { type ConsoleStage, openConsoleStage } from "../support/console/stage.ts";
import { makeMigrations, type MigrationsFolder } from "../support/sql/migrations.ts";

const TENANTS = 9;
const UNLUCKY = "t5";
const EVIL = "<img src=x onerror=alert(1)>";

describe("console page: migrations", () => {
  let stage: ConsoleStage;
  let migrations: MigrationsFolder;
  const names = Array.from({ length: TENANTS }, (_, index) => `t${index + 1}`);

  const versions = async (): Promise<Record<string, number>> => {
    const rows = await stage.database.sql<{ version: number; count: number }>(
      "select version, count(*)::int from rowhouse.tenant group by version",
    );
    return Object.fromEntries(rows.map(({ version, count }) => [version, count]));
  };

  before(async () => {
    migrations = await makeMigrations();
    await migrations.write("0001-item", ['create table "${schema}".item (id int primary key)']);
    stage = await openConsoleStage({
      migrations: migrations.folder,
      async fill(database) {
        const hosts = names.map((name) => [name, `${name}.example.com`]);
        await database.addTenants(Object.fromEntries(hosts), migrations.folder);
      },
    });
    await migrations.write("0002-size", [
      'alter table "${schema}".item add column size int',
      `do $do$ begin
         if '\${schema}' = '${UNLUCKY}' then raise exception '${EVIL}' using errcode = 'P0042'; end if;
       end $do$`,
    ]);
  });

  afterEach(() => {
    expect(stage.faults).to.deep.equal([]);
  });

  after(async () => {
    await stage.close();
    await migrations.remove();
  });

  it("console page: a canary is watched to its end, and leaves the rest alone", async () => {
    const { page, database } = stage;
    const holder = await database.openClient();
    try {
      // Every canary waits for its table, until it has been seen at work.
      await holder.query(`begin; lock table ${names.map((name) => `${name}.item`).join(", ")}`);
      await stage.visit("migrations");
      await page.getByText(`${TENANTS} tenants behind version 2`).waitFor();
      await page.getByRole("button", { name: "Start a canary…" }).click();
      await page.getByLabel("Tenants", { exact: true }).fill("3");
      await page.getByRole("button", { name: "Start canary" }).click();
      const run = page.getByRole("region", { name: "Canary to version 2" });
      await run.getByText("Running").waitFor();
      expect(await run.innerText()).to.match(/Migrated\s+0 of 3[^]*Left for later\s+6/);
      await page.getByRole("link", { name: "Migrations 0 %" }).waitFor();
      await holder.query("rollback");
      await run.getByText("Done").waitFor();
      await page.getByText(/^(7|6) tenants behind version 2$/).waitFor();
    } finally {
      await holder.end();
    }
    const { 2: done = 0 } = await versions();
    const text = await page.getByRole("region", { name: "Canary to version 2" }).innerText();
    expect(text).to.match(new RegExp(`Migrated\\s+${done} of 3`));
    expect(done).to.be.within(2, 3);
  });

  it("console page: a run can be stopped, and those at work end", async () => {
    const { page, database } = stage;
    const holder = await database.openClient();
    try {
      await holder.query(`begin; lock table ${names.map((name) => `${name}.item`).join(", ")}`);
      await stage.visit("migrations");
      await page.getByRole("button", { name: /^Migrate \d tenants…$/ }).click();
      await page.getByRole("button", { name: "Migrate", exact: true }).click();
      const run = page.getByRole("region", { name: "Run to version 2" });
      await run.getByRole("button", { name: "Stop" }).click();
      // Those at work wait for their table for a second at most: then the run has ended already.
      await run.getByText(/^(Stopping|Stopped)$/).waitFor();
      await holder.query("rollback");
      await run.getByText(/^(Stopped|Done)$/).waitFor();
      expect(await run.getByRole("button", { name: "Stop" }).count()).to.equal(0);
    } finally {
      await holder.end();
    }
  });

  it("console page: what failed stands there with its reason, as text", async () => {
    const { page } = stage;
    await stage.visit("migrations");
    await page.getByRole("button", { name: /^Migrate \d tenants?…$/ }).click();
    await page.getByRole("button", { name: "Migrate", exact: true }).click();
    const failures = page.getByRole("table", { name: "Failures" });
    await failures.getByText(EVIL).waitFor();
    expect(await failures.getByRole("row").nth(1).innerText()).to.match(
      /^t5\s+1\s+0002-size\.js, "do \$do\$ begin": <img src=x onerror=alert\(1\)>\s+SQLSTATE P0042$/,
    );
    await page.getByText("1 tenant behind version 2").waitFor();
    expect(await versions()).to.deep.equal({ 1: 1, 2: TENANTS - 1 });
  });
});
