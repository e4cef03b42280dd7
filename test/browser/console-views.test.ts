// The operator page in a browser: each view shows what the registry and the catalogs hold.

import { expect } from "chai";
import type { Route } from "playwright-core";
import { type ConsoleStage, openConsoleStage } from "../support/console/stage.ts";
import { until } from "../support/until.ts";

describe("console page", () => {
  let stage: ConsoleStage;

  before(async () => {
    stage = await openConsoleStage({
      async fill(database) {
        await database.addTenants({
          acme: "acme.example.com",
          globex: "globex.example.com",
          initech: "initech.example.com",
        });
        await database.sql(
          "update rowhouse.tenant set status = 'suspended' where schema_name = 'globex'",
          "update rowhouse.tenant set version = 1 where schema_name = 'initech'",
          "insert into acme.data select n, n from generate_series(1, 5000) as n",
          "analyze acme.data",
          `insert into rowhouse.migration_run
             (run_id, schema_name, from_version, to_version, outcome, ms, sqlstate, message)
             values (gen_random_uuid(), 'initech', 1, 2, 'failed', 41, '42701', 'column exists')`,
        );
      },
    });
  });

  afterEach(() => {
    expect(stage.faults).to.deep.equal([]);
  });

  after(() => stage.close());

  it("console page: Fleet shows how many tenants are how, and who needs somebody", async () => {
    const { page } = stage;
    await stage.visit("fleet");
    const figures = page.getByRole("list", { name: "Tenants by state" });
    await figures.waitFor();
    expect(await figures.getByRole("link").allInnerTexts()).to.deep.equal([
      "2\nActive",
      "0\nRead-only",
      "1\nSuspended",
      "1\nFailed",
      "0\nChanging",
      "1\nBehind",
    ]);
    const attention = page.getByRole("table", { name: "Tenants that need attention" });
    expect(await attention.getByRole("row").nth(1).innerText()).to.match(
      /^initech\s+Failed\s+1\s+column exists\s+SQLSTATE 42701/,
    );
    await page.getByRole("application").waitFor();
  });

  it("console page: Fleet's treemap is read with the keys, and opens the tenant", async () => {
    const { page } = stage;
    await stage.visit("fleet");
    const map = page.getByRole("application");
    await map.focus();
    await map.press("ArrowRight");
    await page.getByText(/^acme [\d.]+ .B, [\d.]+ % of all, in 1 table · 1 of 3$/).waitFor();
    await map.press("Enter");
    await page.getByRole("heading", { name: "acme", level: 1 }).waitFor();
  });

  it("console page: Tenants finds a host, and sorts by size", async () => {
    const { page } = stage;
    await stage.visit("tenants");
    const names = page.getByRole("rowheader");
    await names.first().waitFor();
    expect(await names.getByRole("link").allInnerTexts()).to.deep.equal([
      "acme",
      "globex",
      "initech",
    ]);
    await page.getByRole("button", { name: "Size" }).click();
    await until("the largest does not come first", async () => {
      const header = page.getByRole("columnheader", { name: "Size" });
      return (await header.getAttribute("aria-sort")) === "descending";
    });
    expect(await names.getByRole("link").first().innerText()).to.equal("acme");
    await page.keyboard.press("/");
    await page.keyboard.type("globex.exa");
    await page.getByText("1 tenant matching “globex.exa”").waitFor();
    expect(await names.getByRole("link").allInnerTexts()).to.deep.equal(["globex"]);
    expect(page.url()).to.equal(
      `${stage.origin}/#/tenants?search=globex.exa&sort=bytes&order=desc`,
    );
  });

  it("console page: a tenant has its hosts, tables with sizes, history and changes", async () => {
    const { page } = stage;
    await stage.visit("tenants/initech");
    const history = page.getByRole("table", { name: "Migration history" });
    await history.waitFor();
    expect(await history.getByRole("row").nth(1).innerText()).to.match(
      /1 to 2\s+Failed\s+41 ms\s+column exists\s+SQLSTATE 42701/,
    );
    expect(await page.getByText(/^1 of 2/).count()).to.equal(1);
    await stage.visit("tenants/acme");
    const tables = page.getByRole("table", { name: "Tables" });
    await tables.waitFor();
    const changes = page.getByRole("table", { name: "Last changes" });
    expect(await changes.getByRole("row").nth(1).innerText()).to.include(
      "add-tenant\thosts added acme.example.com, version 2, migration 0002-updated-at",
    );
    expect(await tables.getByRole("row").nth(1).innerText()).to.match(/^data\s+5,000\s+[\d.]+ kB$/);
    expect(
      await page.getByRole("listitem").filter({ hasText: "acme.example.com" }).count(),
    ).to.equal(1);
  });

  it("console page: Migrations shows what is pending where", async () => {
    const { page } = stage;
    await stage.visit("migrations");
    const pending = page.getByRole("table", { name: "Pending migrations" });
    await pending.waitFor();
    expect(await pending.getByRole("row").nth(1).innerText()).to.match(
      /^0002-updated-at\s+1 tenant$/,
    );
    expect(await page.getByRole("link", { name: "initech" }).count()).to.equal(1);
  });

  it("console page: Fleet and Tenants say how old the sizes are, and why", async () => {
    const { page } = stage;
    const at = new Date(Date.now() - 720_000).toISOString();
    const state = { at, problem: "Cannot finish: a reason" };
    const alter = async (route: Route): Promise<void> => {
      const response = await route.fetch();
      const answer = (await response.json()) as object;
      const isList = "tenants" in answer;
      const json = isList ? { ...answer, sizes: state } : { ...answer, ...state };
      await route.fulfill({ response, json });
    };
    await page.route(/\/api\/(?:fleet\/sizes|tenants\?.*)$/, alter);
    for (const place of ["fleet", "tenants"]) {
      await stage.visit(place);
      await page
        .getByText(
          /^Sizes are 12 min(?: \d+ s)? old and cannot be read again\. Cannot finish: a reason$/,
        )
        .waitFor();
    }
    await page.unroute(/\/api\/(?:fleet\/sizes|tenants\?.*)$/, alter);
  });

  it("console page says that the connection is lost, and keeps what it shows", async () => {
    const { page } = stage;
    await stage.visit("tenants");
    await page.getByText("Live", { exact: true }).waitFor();
    await stage.stop();
    await page.getByText("Connection lost, retrying").waitFor();
    expect(await page.getByRole("rowheader").count()).to.equal(3);
    // A console that was started again does not know this browser.
    await page.route("**/api/events", (route) => route.fulfill({ status: 401, body: "{}" }));
    await page.getByText("Session ended: start the console again and open its URL").waitFor();
    // The browser itself reports each attempt.
    stage.forget();
  });
});
