// The operator page in a browser: a change that is clicked or typed takes effect, and hostile text does not.

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type ConsoleStage, openConsoleStage } from "../support/console/stage.ts";
import { openService } from "../support/program/service.ts";
import { until } from "../support/until.ts";

const EVIL =
  '<img src="x" onerror="document.title=\'hacked\'"><script>document.title="hacked"</script>';

describe("console page: verbs", () => {
  let stage: ConsoleStage;
  let exports: string;

  before(async () => {
    exports = await mkdtemp(join(tmpdir(), "rowhouse-exports-"));
    stage = await openConsoleStage({
      exports,
      async fill(database) {
        await database.addTenants({
          acme: "acme.example.com",
          globex: "globex.example.com",
          evil: "evil.example.com",
        });
        await database.sql(
          `insert into rowhouse.migration_run
             (run_id, schema_name, from_version, to_version, outcome, ms, sqlstate, message)
             values (gen_random_uuid(), 'evil', 1, 2, 'failed', 1, 'P0001', '${EVIL.replaceAll("'", "''")}')`,
          "update rowhouse.tenant set version = 1 where schema_name = 'evil'",
          `insert into rowhouse.domain select '<b onclick=alert(1)>', schema_name, role_name, status,
             statement_timeout_ms from rowhouse.tenant where schema_name = 'evil'`,
          `create table evil."<i>italic</i>" (id int)`,
        );
      },
    });
  });

  afterEach(() => {
    expect(stage.faults).to.deep.equal([]);
  });

  after(async () => {
    await stage.close();
    await rm(exports, { recursive: true });
  });

  it("console page: a suspend by click takes effect, and so does the resume", async () => {
    const { page, database } = stage;
    const service = openService(database.serviceUrl);
    try {
      const status = async (): Promise<number> =>
        (await service.request("acme.example.com", "PUT", "/data/1", { value: 1 })).status;
      expect(await status()).to.be.lessThan(300);
      await stage.visit("tenants/acme");
      await page.getByRole("button", { name: "Suspend…" }).click();
      await page.getByRole("button", { name: "Suspend", exact: true }).click();
      await page.getByRole("button", { name: "Resume…" }).waitFor();
      expect(await status()).to.equal(403);
      await page.getByRole("button", { name: "Resume…" }).click();
      await page.getByRole("button", { name: "Resume", exact: true }).click();
      await page.getByRole("button", { name: "Suspend…" }).waitFor();
      expect(await status()).to.be.lessThan(300);
    } finally {
      await service.close();
    }
  });

  it("console page: a tenant is found and suspended with the keyboard alone", async () => {
    const { page, database } = stage;
    await stage.visit("fleet");
    await page.getByRole("list", { name: "Tenants by state" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("globex");
    await page.getByText("1 tenant matching “globex”").waitFor();
    const tabTo = async (name: string): Promise<void> => {
      const focused = page.locator(":focus");
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press("Tab");
        if ((await focused.count()) > 0 && (await focused.innerText()) === name) return;
      }
      throw new Error(`The key Tab does not reach "${name}"`);
    };
    await tabTo("globex");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Suspend…" }).waitFor();
    await tabTo("Suspend…");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Suspend globex" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.locator(":focus").innerText()).to.equal("Suspend…");
    await page.keyboard.press("Enter");
    await tabTo("Suspend");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Resume…" }).waitFor();
    const rows = await database.sql(
      "select status from rowhouse.tenant where schema_name = 'globex'",
    );
    expect(rows).to.deep.equal([{ status: "suspended" }]);
  });

  it("console page: hosts are added and removed, and what is refused is said in the dialog", async () => {
    const { page, database } = stage;
    const hosts = (): Promise<object[]> =>
      database.sql("select host from rowhouse.domain where schema_name = 'acme' order by host");
    await stage.visit("tenants/acme");
    await page.getByRole("button", { name: "Add host…" }).click();
    await page.getByLabel("Host", { exact: true }).fill("evil.example.com");
    await page.getByRole("button", { name: "Add host", exact: true }).click();
    const alert = page.getByRole("dialog").getByRole("alert");
    await alert.waitFor();
    expect(await alert.innerText()).to.include("evil.example.com");
    // The browser reports an answer from 400 on as an error.
    expect(stage.faults).to.have.length(1);
    stage.forget();
    await page.getByLabel("Host", { exact: true }).fill("SHOP.example.com");
    await page.getByRole("button", { name: "Add host", exact: true }).click();
    await page.getByRole("button", { name: "Remove… shop.example.com" }).click();
    expect(await hosts()).to.deep.equal([
      { host: "acme.example.com" },
      { host: "shop.example.com" },
    ]);
    await page.getByRole("button", { name: "Remove host", exact: true }).click();
    await page
      .getByRole("button", { name: "Remove… shop.example.com" })
      .waitFor({ state: "detached" });
    expect(await hosts()).to.deep.equal([{ host: "acme.example.com" }]);
  });

  it("console page: a setting is set and removed, and what is refused is said in the dialog", async () => {
    const { page, database } = stage;
    const settings = (): Promise<object[]> =>
      database.sql("select settings from rowhouse.tenant where schema_name = 'acme'");
    await stage.visit("tenants/acme");
    await page.getByRole("button", { name: "Set…" }).click();
    await page.getByLabel("Setting", { exact: true }).fill("seats:=many");
    await page.getByRole("button", { name: "Set", exact: true }).click();
    const alert = page.getByRole("dialog").getByRole("alert");
    await alert.waitFor();
    expect(await alert.innerText()).to.include("is not JSON; write seats=… for a text");
    stage.forget();
    await page.getByLabel("Setting", { exact: true }).fill(`note=${EVIL}`);
    await page.getByRole("button", { name: "Set", exact: true }).click();
    await page.getByRole("button", { name: "Remove… note" }).click();
    expect(await settings()).to.deep.equal([{ settings: { note: EVIL } }]);
    await page.getByRole("button", { name: "Remove setting", exact: true }).click();
    await page.getByRole("button", { name: "Remove… note" }).waitFor({ state: "detached" });
    expect(await settings()).to.deep.equal([{ settings: {} }]);
  });

  it("console page: a rename leads to the new name, and an export says where its file is", async () => {
    const { page } = stage;
    await stage.visit("tenants/acme");
    await page.getByRole("button", { name: "Rename…" }).click();
    await page.getByLabel("New name").fill("acme_two");
    await page.getByRole("button", { name: "Rename", exact: true }).click();
    await page.getByRole("heading", { name: "acme_two", level: 1 }).waitFor();
    await page.getByRole("button", { name: "Export…" }).click();
    await page.getByRole("button", { name: "Export", exact: true }).click();
    await page.getByRole("region", { name: "Export" }).getByText(exports).waitFor();
    expect((await readdir(exports)).filter((name) => name.startsWith("acme_two"))).to.have.length(
      1,
    );
  });

  it("console page: a drop takes the typed name", async () => {
    const { page, database } = stage;
    await stage.visit("tenants/acme_two");
    await page.getByRole("button", { name: "Drop…" }).click();
    const drop = page.getByRole("button", { name: "Drop tenant" });
    await page.getByLabel("Type acme_two to confirm").fill("acme");
    expect(await drop.isDisabled()).to.equal(true);
    await page.getByLabel("Type acme_two to confirm").fill("acme_two");
    await page.getByLabel("Export it first").uncheck();
    await drop.click();
    await page.getByRole("heading", { name: "Tenants", level: 1 }).waitFor();
    await page.getByText("2 tenants", { exact: true }).waitFor();
    const rows = await database.sql("select from rowhouse.tenant where schema_name = 'acme_two'");
    expect(rows).to.have.length(0);
  });

  it("console page: a tenant is added, with a proposed name, and what is wrong is said while typing", async () => {
    const { page, database } = stage;
    await stage.visit("tenants");
    await page.getByRole("button", { name: "Add tenant…" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a tenant" });
    const add = dialog.getByRole("button", { name: "Add tenant", exact: true });
    const name = dialog.getByLabel("Name of the schema");
    await dialog.getByLabel("Hosts").fill("evil.example.com");
    await dialog.getByText('"evil.example.com" already belongs to a tenant').waitFor();
    await dialog.getByText('schema "evil" is a tenant already').waitFor();
    expect([await name.inputValue(), await add.isDisabled()]).to.deep.equal(["evil", true]);
    await dialog.getByLabel("Hosts").fill("new-1.example.com www.new-1.example.com");
    await until("the name is not proposed", async () => (await name.inputValue()) === "new_1");
    await name.fill("newer");
    await dialog.getByLabel("Settings").fill("plan=pro\nseats:=");
    await dialog.getByText('Cannot read setting "seats:="').waitFor();
    await dialog.getByLabel("Settings").fill("plan=pro\nseats:=25");
    await add.click();
    await page.getByRole("heading", { name: "newer", level: 1 }).waitFor();
    await page.getByText("seats: 25").waitFor();
    const rows = await database.sql(
      "select host from rowhouse.domain where schema_name = 'newer' order by host",
    );
    expect(rows).to.deep.equal([{ host: "new-1.example.com" }, { host: "www.new-1.example.com" }]);
  });

  it("console page: a clone leads to the new tenant", async () => {
    const { page } = stage;
    await stage.visit("tenants/newer");
    await page.getByRole("button", { name: "Clone…" }).click();
    const dialog = page.getByRole("dialog", { name: "Clone newer" });
    await dialog.getByLabel("Hosts").fill("copy.example.com");
    await dialog.getByRole("button", { name: "Clone", exact: true }).click();
    await page.getByRole("heading", { name: "copy", level: 1 }).waitFor();
    await page.getByRole("button", { name: "Remove… copy.example.com" }).waitFor();
  });

  it("console page: schemas are adopted once their plan was shown, and the work is listed", async () => {
    const { page, database } = stage;
    await database.sql("create schema old_shop", "create schema old_pg", "create schema old_evil");
    await stage.visit("tenants");
    await page.getByRole("button", { name: "Adopt…" }).click();
    await page.getByLabel("Schemas").fill("old_*");
    await page.getByLabel("Host of each").fill("{*}.example.com");
    await page.getByRole("button", { name: "Show the plan" }).click();
    const plan = page.getByRole("dialog", { name: "Adopt 2 tenants" });
    await plan.getByRole("list", { name: "Schemas to adopt" }).getByText("old_shop: ").waitFor();
    await plan
      .getByRole("list", { name: "Refused schemas" })
      .getByText('host "evil.example.com" belongs to tenant "evil"')
      .waitFor();
    await plan.getByRole("button", { name: "Adopt 2 tenants" }).click();
    await page.getByRole("link", { name: "old_shop" }).waitFor();
    await stage.visit("migrations");
    await page.getByRole("region", { name: "Adoption" }).getByText("Adopted 2 tenants").waitFor();
    await page.getByRole("region", { name: "Clone of newer to copy" }).waitFor();
    const rows = await database.sql(
      "select schema_name from rowhouse.domain where host in ('shop.example.com', 'pg.example.com')",
    );
    expect(rows).to.have.length(2);
  });

  it("console page shows hostile names and messages as the text that they are", async () => {
    const { page } = stage;
    const shown = (text: string): Promise<void> =>
      page.getByText(text).filter({ visible: true }).first().waitFor();
    await stage.visit("fleet");
    await shown(EVIL);
    await stage.visit("tenants?search=evil");
    await shown("<b onclick=alert(1)>");
    await stage.visit("tenants/evil");
    for (const text of [EVIL, "<b onclick=alert(1)>", "<i>italic</i>"]) {
      await shown(text);
    }
    expect(await page.title()).to.equal("evil · Rowhouse");
    expect(await page.locator("main img, main script, main b, main i").count()).to.equal(0);
  });
});
