// The operator page's session in a browser: what another server on this machine learns from the browser reaches
// nothing, a reload keeps the session, and a second tab takes it from the first.

import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { expect } from "chai";
import { type ConsoleStage, openConsoleStage } from "../support/console/stage.ts";

describe("console page: session", () => {
  let stage: ConsoleStage;

  before(async () => {
    stage = await openConsoleStage({
      fill: (database) => database.addTenants({ acme: "acme.example.com" }),
    });
  });

  after(() => stage.close());

  it("console page: a server on another port has the cookie, and drops nothing with it", async () => {
    const { page, origin, database } = stage;
    const seen: IncomingHttpHeaders[] = [];
    const server = createServer(({ headers }, outgoing) => {
      seen.push(headers);
      outgoing.setHeader("content-type", "text/html").end("<!doctype html><title>Other</title>");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const { port } = server.address() as AddressInfo;
      const other = await page.context().newPage();
      await other.goto(`http://127.0.0.1:${port}/`);
      const cookie = seen.map((headers) => headers.cookie).find((text) => text !== undefined) ?? "";
      expect(cookie).to.match(/^rowhouse_console_/);
      expect(await other.evaluate(() => Object.keys(sessionStorage))).to.deep.equal([]);
      const drop = await fetch(`${origin}/api/tenants/acme/drop`, {
        method: "POST",
        headers: { cookie, origin, "content-type": "application/json" },
        body: JSON.stringify({ confirm: "acme", backup: false }),
      });
      expect(drop.status).to.equal(401);
      for (const path of ["/api/fleet", "/api/events"]) {
        expect((await fetch(`${origin}${path}`, { headers: { cookie } })).status).to.equal(401);
      }
      const entrance = await fetch(`${origin}/enter?token=x`, { headers: { cookie } });
      expect(await entrance.text()).to.not.include("console-key");
      expect(await database.sql("select from rowhouse.tenant")).to.have.length(1);
      await other.close();
    } finally {
      server.close();
    }
  });

  it("console page: a reload keeps the session, and the token is not in the history", async () => {
    const { page } = stage;
    await page.reload();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("list", { name: "Tenants by state" }).waitFor();
    expect(page.url()).to.equal(`${stage.origin}/`);
    await page.goBack();
    expect(page.url()).to.equal("about:blank");
    await page.goForward();
    await page.getByText("Live", { exact: true }).waitFor();
    expect(stage.faults).to.deep.equal([]);
  });

  it("console page: a second tab takes the key from the first, and without it says what to do", async () => {
    const { page, origin } = stage;
    const second = await page.context().newPage();
    await second.goto(`${origin}/#/tenants/acme`);
    await second.getByText("Live", { exact: true }).waitFor();
    await second.getByRole("heading", { name: "acme", level: 1 }).waitFor();
    await page.goto("about:blank");
    await second.reload();
    await second.getByText("Live", { exact: true }).waitFor();
    await second.close();
    const third = await page.context().newPage();
    await third.goto(`${origin}/`);
    await third.getByText("this tab has no key of the session").first().waitFor();
    await page.goBack();
    await page.getByText("Live", { exact: true }).waitFor();
    // It tries again by itself, and now finds a tab to ask.
    await third.getByText("Live", { exact: true }).waitFor();
    await third.getByRole("list", { name: "Tenants by state" }).waitFor();
    await third.close();
  });
});
