// The operator page in a browser, with ten thousand tenants: each view asks the server once for each thing that
// it shows, and shows its first rows.

import { expect } from "chai";
import { type ConsoleStage, openConsoleStage } from "../support/console/stage.ts";
import { addRows } from "../support/database/tenant-rows.ts";

const TENANTS = 10_000;

describe("console page: a fleet of 10,000", () => {
  let stage: ConsoleStage;

  before(async () => {
    stage = await openConsoleStage({ fill: (database) => addRows(database, TENANTS) });
  });

  afterEach(() => {
    expect(stage.faults).to.deep.equal([]);
  });

  after(() => stage.close());

  const askedApi = (): string[] =>
    stage.asked.filter((path) => path.startsWith("/api/") && path !== "/api/events").toSorted();

  it("console page: Fleet counts 10,000 tenants in four questions", async () => {
    const { page } = stage;
    await stage.visit("fleet");
    await page.getByText("10,000 tenants in database").waitFor();
    await page.getByRole("table", { name: "Tenants that need attention" }).waitFor();
    expect(askedApi()).to.deep.equal([
      "/api/databases",
      "/api/fleet",
      "/api/fleet/sizes",
      "/api/traffic",
    ]);
  });

  it("console page: Tenants shows the first 50 of 10,000 with three questions, and one for each next part", async () => {
    const { page } = stage;
    await stage.visit("tenants");
    await page.getByText("1 to 50 of 10,000").waitFor();
    expect(await page.getByRole("rowheader").count()).to.equal(50);
    expect(askedApi()).to.deep.equal(["/api/databases", "/api/tenants", "/api/work"]);
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByText("51 to 100 of 10,000").waitFor();
    expect(await page.getByRole("rowheader").first().innerText()).to.match(/^t00051/);
    await page.keyboard.press("/");
    await page.keyboard.type("t0989");
    await page.getByText("1 to 10 of 10", { exact: true }).waitFor();
    await page.getByLabel("State").selectOption("Suspended");
    await page.getByText("1 to 1 of 1", { exact: true }).waitFor();
  });

  it("console page: Migrations counts those that are behind with three questions", async () => {
    const { page } = stage;
    await stage.visit("migrations");
    await page.getByText("100 tenants behind version 2").waitFor();
    expect(askedApi()).to.deep.equal(["/api/databases", "/api/migrations", "/api/work"]);
  });
});
