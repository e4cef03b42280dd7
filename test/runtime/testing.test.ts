// The test kit for applications: tenants of their own, and nothing left behind, whatever happens to a test's process.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { expect } from "chai";
import { testTenants } from "../../admin/testing/test-tenants.ts";
import { createApp } from "../../src/example/app.ts";
import { ROOT } from "../support/pages/checkout.ts";
import { rejection } from "../support/rejection.ts";
import { runAsAdmin, urlOf } from "../support/server/server.ts";

const MIGRATIONS = join(ROOT, "admin/migrations/tenant");

/** The databases and roles of the kit on the tests' server. */
async function findLeft(): Promise<readonly string[]> {
  const rows = await runAsAdmin<{ name: string }>("postgres", [
    `select datname::text as name from pg_database where datname like 'rowhouse\\_testing\\_%'
      union all select rolname from pg_roles where rolname like 'rowhouse\\_testing\\_%'`,
  ]);
  return rows.map(({ name }) => name);
}

describe("testTenants()", () => {
  const open = (more: { readonly migrations?: string } = {}) =>
    testTenants({ migrations: MIGRATIONS, url: urlOf("postgres"), ...more });

  it("gives each test an empty tenant of its own, with its settings, and leaves nothing", async () => {
    const tenants = await open();
    const app = createApp({});
    const one = await tenants.create({ settings: { plan: "pro" } });
    const others = await Promise.all(Array.from({ length: 8 }, () => tenants.create()));
    expect(new Set(others.map(({ host }) => host)).size).to.equal(8);
    const init = { method: "PUT", body: '{"value":7}' };
    expect((await one.fetch(app, "/data/1", init)).status).to.equal(201);
    expect(await one.tenant`select value from data`).to.deep.equal([{ value: 7 }]);
    expect(one.tenant.settings).to.deep.equal({ plan: "pro" });
    for (const other of others) {
      expect((await other.fetch(app, "/data/1")).status).to.equal(404);
      expect(await rejection(other.tenant`select * from t1.data`)).to.include({ code: "42501" });
    }
    await tenants.close();
    expect(await findLeft()).to.deep.equal([]);
  });

  it("leaves nothing when a migration cannot be found", async () => {
    expect(await rejection(open({ migrations: "/nowhere" }))).to.be.an("error");
    expect(await findLeft()).to.deep.equal([]);
  });

  it("drops what a killed process has left, and nothing that another one uses", async () => {
    const module = JSON.stringify(new URL("../../admin/testing/test-tenants.js", import.meta.url));
    const program = `import { testTenants } from ${module};
      const options = ${JSON.stringify({ migrations: MIGRATIONS, url: urlOf("postgres") })};
      await (await testTenants(options)).create();
      console.log("ready");`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    const [left] = await findLeft();
    const beside = await open();
    expect(await findLeft()).to.include(left);
    child.kill("SIGKILL");
    await once(child, "exit");
    await beside.close();
    for (let found = await findLeft(); found.length > 0; found = await findLeft()) {
      await (await open()).close();
    }
  });
});
