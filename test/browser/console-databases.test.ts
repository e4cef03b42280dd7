// The operator page over several databases, in a browser: all are seen, one that is down is told, and the tenants of
// another database are migrated.

import { expect } from "chai";
import { type ConsoleStage, openConsoleStage } from "../support/console/stage.ts";
import { useDatabase } from "../support/database/database.ts";
import { until } from "../support/until.ts";
import { makeMigrations, type MigrationsFolder } from "../support/sql/migrations.ts";

describe("console page: several databases", () => {
  const eu = useDatabase();
  let stage: ConsoleStage;
  let migrations: MigrationsFolder;

  before(async () => {
    migrations = await makeMigrations();
    await migrations.write("0001-item", ['create table "${schema}".item (id int primary key)']);
    await eu.addTenants({ far: "far.test", wide: "wide.test" }, migrations.folder);
    await eu.sql("insert into wide.item select generate_series(1, 5000)");
    stage = await openConsoleStage({
      migrations: migrations.folder,
      databases: new Map([
        ["eu", eu.adminUrl],
        ["us", eu.adminUrl.replace(/:\d+\//, ":1/")],
      ]),
      async fill(home) {
        await home.addTenants({ near: "near.test" }, migrations.folder);
        await home.sql("insert into rowhouse.pointer values ('far', 'eu'), ('wide', 'eu')");
      },
    });
    await migrations.write("0002-size", ['alter table "${schema}".item add column size int']);
  });

  after(async () => {
    await stage.close();
    await migrations.remove();
  });

  const rowOf = async (name: string): Promise<string> => {
    const row = stage.page
      .getByRole("region", { name: "Databases" })
      .getByRole("row")
      .filter({ has: stage.page.getByRole("link", { name, exact: true }) });
    return (await row.innerText()).replaceAll(/\s+/g, " ").trim();
  };

  it("console page: the fleet has every database, and tells which one is down and why", async () => {
    const { page } = stage;
    await stage.visit("fleet");
    await page.getByRole("region", { name: "Databases" }).waitFor();
    expect(await rowOf("home")).to.equal("home Shown below 1 0 0 1");
    expect(await rowOf("eu")).to.equal("eu 2 0 0 2");
    expect(await rowOf("us")).to.match(/^us Cannot connect .*ADMIN_DATABASE_URL_US.* unknown/);
    await page.getByText(/^1 tenant in database/).waitFor();
    await page.getByRole("link", { name: "eu", exact: true }).click();
    await page.getByText(/^2 tenants in database/).waitFor();
    expect(await rowOf("eu")).to.equal("eu Shown below 2 0 0 2");
    await page.getByText("The 2 largest as a table").click();
    const largest = page.getByRole("table", { name: "The largest tenants" });
    expect(await largest.getByRole("link").allInnerTexts()).to.deep.equal(["wide", "far"]);
    await page.getByRole("link", { name: "All tenants by size" }).click();
    await page.getByText("2 tenants", { exact: true }).waitFor();
    const tenants = page.getByRole("table", { name: "Tenants" });
    await tenants.getByRole("link", { name: "wide" }).click();
    await page.getByRole("heading", { name: "wide", level: 1 }).waitFor();
  });

  it("console page: the tenants of another database are migrated, and those of home are not", async () => {
    const { page } = stage;
    await stage.visit("migrations?database=eu");
    await page.getByRole("button", { name: "Migrate 2 tenants…" }).click();
    await page.getByRole("button", { name: "Migrate", exact: true }).click();
    const run = page.getByRole("region", { name: "Run in eu to version 2" });
    await run.getByText("Done").waitFor();
    await page.getByText("No tenant is behind version 2").waitFor();
    const isNewest = async (): Promise<boolean> => (await rowOf("eu")) === "eu Shown below 2 0 0 0";
    await until("the database still has tenants that are behind", isNewest);
    const versions = "select schema_name as name, version from rowhouse.tenant order by 1";
    expect(await eu.sql(versions)).to.deep.equal([
      { name: "far", version: 2 },
      { name: "wide", version: 2 },
    ]);
    expect(await stage.database.sql(versions)).to.deep.equal([{ name: "near", version: 1 }]);
    expect(stage.faults).to.deep.equal([]);
  });
});
