// A tenant into a file and out of it again: everything that it had, as it was at one moment.

import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { readEntries } from "../support/archive.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import type { MigrationsFolder } from "../support/migrations.ts";
import { createPlainAdmin } from "../support/plain-admin.ts";
import { openService } from "../support/service.ts";
import { fillShop, makeShop, readShop } from "../support/shop.ts";
import { until } from "../support/until.ts";
import { runVerb, startVerb, type VerbResult } from "../support/verb.ts";

describe("export-tenant, import-tenant", () => {
  let database: TestDatabase;
  let other: TestDatabase;
  let shop: MigrationsFolder;
  let folder: string;

  const verb = (
    name: string,
    parameters: readonly string[],
    { on = database, migrations = shop.folder } = {},
  ): Promise<VerbResult> => {
    const env = { TENANT_MIGRATIONS: migrations };
    return startVerb({ adminUrl: on.adminUrl, env }, name, ...parameters).result;
  };
  const place = (name: string): string => join(folder, name);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-export-"));
    shop = await makeShop();
    [database, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await database.addTenants({ shop: "shop.example.com" }, shop.folder);
    await database.addTenants({ acme: "acme.example.com", busy: "busy.example.com" });
    await fillShop(database, "shop");
    await database.sql("insert into acme.data select i, -i from generate_series(1, 1000) i");
  });

  after(async () => {
    await Promise.all([database.drop(), other.drop(), shop.remove()]);
    await rm(folder, { recursive: true });
  });

  it("import-tenant gives back every row, sequence, foreign key and trigger, in another database", async () => {
    const exported = await verb("export-tenant", ["shop", place("shop.zip")]);
    expect(exported.stderr).to.equal("");
    expect(exported.stdout).to.match(
      /^Exported tenant "shop" at version 2 to .*: 7 tables, [\d,]+ rows, [\d,]+ bytes\n$/,
    );
    const imported = await verb(
      "import-tenant",
      [place("shop.zip"), "s.example.com", "shop_two", "--host", "t.example.com"],
      { on: other },
    );
    expect(imported).to.deep.include({ status: 0, stderr: "" });
    expect(await readShop(other, "shop_two")).to.deep.equal(await readShop(database, "shop"));
    const hosts = await other.sql("select host, status from rowhouse.domain order by host");
    expect(hosts).to.deep.equal([
      { host: "s.example.com", status: "active" },
      { host: "t.example.com", status: "active" },
    ]);
  });

  it("export-tenant writes a zip of COPY texts and a manifest, for its owner's eyes alone", async () => {
    const file = place("acme.zip");
    await verb("export-tenant", ["acme", file], { migrations: "" });
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    const { stdout } = await promisify(execFile)("unzip", ["-t", file]);
    expect(stdout).to.include("No errors detected");
    const entries = await readEntries(file);
    expect([...entries.keys()]).to.deep.equal(["tables/0001-data.copy", "manifest.json"]);
    const manifest = JSON.parse(entries.get("manifest.json")?.toString() ?? "") as object;
    expect(manifest).to.deep.include({
      formatVersion: 1,
      schemaName: "acme",
      version: 2,
      migrations: ["0001-data", "0002-updated-at"],
      statementTimeoutMs: 10000,
      hosts: ["acme.example.com"],
      sequences: [],
    });
    expect(entries.get("tables/0001-data.copy")?.toString()).to.match(/^1\t-1\t[^\n]+\n2\t-2\t/);
  });

  it("export-tenant overwrites nothing, and leaves nothing when it fails", async () => {
    const file = place("mine.txt");
    await writeFile(file, "mine");
    const before = await readdir(folder);
    const existing = await verb("export-tenant", ["shop", file]);
    expect(existing).to.deep.include({
      status: 1,
      stderr: `Cannot write "${file}": it exists; choose another name\n`,
    });
    const nobody = await verb("export-tenant", ["nobody", place("nobody.zip")]);
    expect(nobody.stderr).to.match(/^Cannot export tenant: there is no tenant "nobody"; see/);
    const nowhere = await verb("export-tenant", ["shop", place("no/such.zip")]);
    expect(nowhere.stderr).to.match(/^Cannot write ".*": ENOENT; choose another place\n$/);
    expect(await readdir(folder)).to.deep.equal(before);
  });

  it("export-tenant that is interrupted removes what it has written", async () => {
    const before = await readdir(folder);
    const client = await database.openClient();
    await client.query("begin");
    await client.query("lock table shop.counter in access exclusive mode");
    const env = { TENANT_MIGRATIONS: shop.folder };
    const run = startVerb(
      { adminUrl: database.adminUrl, env },
      "export-tenant",
      "shop",
      place("stopped.zip"),
    );
    await client.waitUntilBlocked("lock table %counter");
    run.kill("SIGINT");
    await client.query("rollback");
    await client.end();
    expect(await run.result).to.deep.include({
      status: 1,
      stderr: "Cannot export tenant: interrupted; run it again\n",
    });
    expect(await readdir(folder)).to.deep.equal(before);
  });

  it("export-tenant that is killed leaves no file of that name, and is run again", async () => {
    await database.sql("insert into acme.data select i, i from generate_series(10001, 200000) i");
    const file = place("killed.zip");
    const run = startVerb({ adminUrl: database.adminUrl }, "export-tenant", "acme", file);
    await until("it does not write", async () => {
      return (await readdir(folder)).some((name) => name.startsWith("killed.zip."));
    });
    run.kill("SIGKILL");
    expect((await run.result).status).to.equal(-1);
    const left = (await readdir(folder)).filter((name) => name.startsWith("killed"));
    expect(left.length).to.equal(1);
    expect(left[0]).to.match(/^killed.zip.[0-9a-f]{8}.partial$/);
    await database.sql("delete from acme.data where key > 10000");
    const again = await verb("export-tenant", ["acme", file], { migrations: "" });
    expect(again.status).to.equal(0);
  });

  it("export-tenant is one moment of a tenant that is written to, and of all its tables", async () => {
    await database.sql(
      "insert into busy.data select i, 0 from generate_series(1, 200) i",
      "create table busy.zz_last (key int primary key, value int)",
      "insert into busy.zz_last select key, value from busy.data",
    );
    let writes = 0;
    const stopping = new AbortController();
    const writer = (async () => {
      const client = await database.openClient();
      for (; !stopping.signal.aborted; writes += 1) {
        await client.query("begin");
        await client.query("update busy.data set value = value + 1");
        await client.query("update busy.zz_last set value = value + 1");
        await client.query("commit");
      }
      await client.end();
    })();
    await until("nothing is written", () => writes > 5);
    const file = place("busy.zip");
    const result = await verb("export-tenant", ["busy", file], { migrations: "" });
    const during = writes;
    stopping.abort();
    await writer;
    expect(result.status).to.equal(0);
    expect(during).to.be.greaterThan(10);
    const entries = await readEntries(file);
    const values = ["0001-data", "0002-zz_last"].map((name) => {
      const text = entries.get(`tables/${name}.copy`)?.toString() ?? "";
      return new Set(
        text
          .trimEnd()
          .split("\n")
          .map((line) => line.split("\t")[1]),
      );
    });
    expect(values.map(({ size }) => size)).to.deep.equal([1, 1]);
    expect(values[0]).to.deep.equal(values[1]);
    await database.sql("drop table busy.zz_last");
  });

  it("export-tenant works on a suspended tenant, and refuses one that is on its way", async () => {
    await database.sql(
      "update rowhouse.tenant set status = 'suspended' where schema_name = 'busy'",
    );
    const suspended = await verb("export-tenant", ["busy", place("suspended.zip")]);
    expect(suspended.status).to.equal(0);
    await database.sql(
      "update rowhouse.tenant set transition = 'moved' where schema_name = 'busy'",
    );
    const moved = await verb("export-tenant", ["busy", place("moved.zip")]);
    expect(moved.stderr).to.match(/^Cannot export tenant: tenant "busy": it has moved; /);
    await database.sql("update rowhouse.tenant set transition = null where schema_name = 'busy'");
  });

  it("import-tenant keeps the archive's version, and --migrate brings it to the newest", async () => {
    const { folder: migrations } = shop;
    await database.addTenants({ old: "old.example.com" }, migrations);
    await fillShop(database, "old");
    await verb("migrate", ["--tenants", "old", "--to", "1"]);
    const before = await readShop(database, "old");
    await verb("export-tenant", ["old", place("old.zip")]);
    const kept = await verb("import-tenant", [place("old.zip"), "kept.example.com", "kept"]);
    expect(kept.stdout).to.match(/^Imported tenant "kept" at version 1, at kept.example.com: /);
    expect(await readShop(database, "kept")).to.deep.equal(before);
    const parameters = [place("old.zip"), "new.example.com", "new_one", "--migrate", "--json"];
    const migrated = await verb("import-tenant", parameters);
    expect(JSON.parse(migrated.stdout)).to.include({
      version: 2,
      from: "old",
      schemaName: "new_one",
    });
    const rows = await database.sql("select distinct note from new_one.counter");
    expect(rows).to.deep.equal([{ note: "none" }]);
    const versions = await database.sql(
      "select version from rowhouse.tenant where schema_name in ('kept', 'new_one') order by 1",
    );
    expect(versions).to.deep.equal([{ version: 1 }, { version: 2 }]);
  });

  it("export-tenant, import-tenant and clone-tenant work for an admin role that is no superuser", async () => {
    for (const tenantRoles of [true, false]) {
      const plain = await createPlainAdmin({ acme: "acme.example.com" }, tenantRoles);
      const run = async (name: string, ...parameters: string[]): Promise<void> => {
        expect((await runVerb(plain.adminUrl, name, ...parameters)).stderr).to.equal("");
      };
      try {
        await plain.sql("insert into acme.data select i, -i from generate_series(1, 10) i");
        const file = place(`plain-${tenantRoles}.zip`);
        await run("export-tenant", "acme", file);
        await run("import-tenant", file, "two.example.com", "two");
        await run("clone-tenant", "two", "three", "three.example.com");
        const [sum] = await plain.sql("select sum(value)::int as sum from three.data");
        expect(sum).to.deep.equal({ sum: -55 });
      } finally {
        await plain.drop();
      }
    }
  });

  it("import-tenant makes a tenant that is served, by its own role", async () => {
    const parameters = [place("acme.zip"), "again.example.com", "again"];
    const imported = await verb("import-tenant", parameters, { migrations: "" });
    expect(imported.stderr).to.equal("");
    const service = openService(database.serviceUrl);
    try {
      const got = await service.request("again.example.com", "GET", "/data/7");
      expect([got.status, got.json]).to.deep.equal([200, { value: -7 }]);
      const put = await service.request("again.example.com", "PUT", "/data/7", { value: 1 });
      expect(put.status).to.equal(200);
      const original = await service.request("acme.example.com", "GET", "/data/7");
      expect(original.json).to.deep.equal({ value: -7 });
    } finally {
      await service.close();
    }
  });
});
