// The operator page over several databases, in a browser: all are seen, one that is down is told, and the tenants of
// another database are migrated and adopted.

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect } from "chai";
import { createDatabaseReader } from "../../admin/console/fleet/databases.ts";
import { openRegistry } from "../../admin/registry/registry.ts";
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
    expect(await rowOf("us")).to.match(
      /^us Unavailable Cannot connect .*ADMIN_DATABASE_URL_US.* unknown/,
    );
    await page.getByText(/^1 tenant in database/).waitFor();
    await page.getByRole("link", { name: "eu", exact: true }).click();
    await page.getByText(/^2 tenants in database/).waitFor();
    await page.getByRole("heading", { name: "Fleet in eu", level: 1 }).waitFor();
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

  it("createDatabaseReader() does not wait for a database that accepts a connection and is silent", async () => {
    const silent = createServer();
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const url = eu.adminUrl.replace(/:\d+\//, `:${port}/`);
    const registry = await openRegistry(eu.adminUrl, { databases: new Map([["us", url]]) });
    const sockets: Socket[] = [];
    silent.on("connection", (socket) => sockets.push(socket));
    try {
      const read = createDatabaseReader(registry, String, 400);
      const [first, second] = [await read(), await read()];
      expect(first[0]).to.deep.nested.include({
        name: "home",
        problem: null,
        "figures.tenants": 2,
      });
      const problem = 'Database "us" has not answered within 0.4 s';
      expect(second[1]).to.deep.equal({ name: "us", figures: null, problem });
      expect(sockets).to.have.length(1);
    } finally {
      silent.close();
      for (const socket of sockets) socket.destroy();
      await registry.close();
    }
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
  });

  it("console page: a tenant is added to another database, and schemas are adopted there", async () => {
    const { page } = stage;
    await eu.sql("create schema new_one", "create schema old_shop");
    await stage.database.sql("create schema old_pg", "create schema here");
    await stage.visit("tenants?database=eu");
    await page.getByRole("link", { name: "us", exact: true }).waitFor();
    await page.getByRole("button", { name: "Add tenant…" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a tenant" });
    expect(await dialog.getByLabel("Database").inputValue()).to.equal("eu");
    await dialog.getByLabel("Hosts").fill("new-one.test");
    await dialog.getByText('schema "new_one" exists without a tenant').waitFor();
    await dialog.getByLabel("Hosts").fill("here.test");
    await dialog.getByRole("button", { name: "Add tenant", exact: true }).click();
    await page.getByRole("heading", { name: "here", level: 1 }).waitFor();

    await stage.visit("tenants?database=eu");
    await page.getByRole("link", { name: "us", exact: true }).waitFor();
    await page.getByRole("button", { name: "Adopt…" }).click();
    await page.getByLabel("Schemas").fill("old_*");
    await page.getByLabel("Host of each").fill("{*}.test");
    await page.getByRole("textbox", { name: "Version" }).fill("0");
    await page.getByRole("button", { name: "Show the plan" }).click();
    await page.getByRole("button", { name: "Adopt 1 tenant" }).click();
    await page.getByRole("link", { name: "old_shop" }).waitFor();
    const pointers = "select schema_name as name, database from rowhouse.pointer order by 1";
    expect(await stage.database.sql(pointers)).to.deep.equal(
      ["far", "here", "old_shop", "wide"].map((name) => ({ name, database: "eu" })),
    );
    expect(stage.faults).to.deep.equal([]);
  });
});
