// A tenant into a file and out of it again: everything that it had, as it was at one moment.

import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { withRegistry } from "../../admin/registry/registry.ts";
import { cloneTenant } from "../../admin/transfer/clone-tenant.ts";
import { exportTenant } from "../../admin/transfer/export-tenant.ts";
import { importTenant } from "../../admin/transfer/import-tenant.ts";
import { readEntries } from "../support/transfer/archive.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import type { MigrationsFolder } from "../support/sql/migrations.ts";
import { createPlainAdmin } from "../support/database/plain-admin.ts";
import { openService } from "../support/program/service.ts";
import { fillShop, makeShop, readShop } from "../support/transfer/shop.ts";
import { performVerb, type VerbResult } from "../support/program/verb.ts";

describe("export-tenant, import-tenant", () => {
  let database: TestDatabase;
  let other: TestDatabase;
  /** Of another application. */
  let example: TestDatabase;
  let shop: MigrationsFolder;
  let folder: string;

  const verb = (
    name: string,
    parameters: readonly string[],
    { on = database, migrations = shop.folder } = {},
  ): Promise<VerbResult> => {
    const env = { TENANT_MIGRATIONS: migrations };
    return performVerb({ adminUrl: on.adminUrl, env }, name, ...parameters);
  };
  const place = (name: string): string => join(folder, name);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-export-"));
    shop = await makeShop();
    [database, other, example] = await Promise.all([
      createTestDatabase(),
      createTestDatabase(),
      createTestDatabase(),
    ]);
    await database.addTenants({ shop: "shop.example.com" }, shop.folder);
    await example.addTenants({ acme: "acme.example.com" });
    await fillShop(database, "shop");
    await example.sql("insert into acme.data select i, -i from generate_series(1, 1000) i");
  });

  after(async () => {
    await Promise.all([database.drop(), other.drop(), example.drop(), shop.remove()]);
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
    await verb("export-tenant", ["acme", file], { on: example, migrations: "" });
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    const { stdout } = await promisify(execFile)("unzip", ["-t", file]);
    expect(stdout).to.include("No errors detected");
    const entries = await readEntries(file);
    expect([...entries.keys()]).to.deep.equal(["tables/0001-data.copy", "manifest.json"]);
    const manifest = JSON.parse(entries.get("manifest.json")?.toString() ?? "") as object;
    expect(manifest).to.deep.include({
      formatVersion: 3,
      schemaName: "acme",
      version: 2,
      migrations: ["0001-data", "0002-updated-at"],
      statementTimeoutMs: 10000,
      settings: {},
      hosts: ["acme.example.com"],
      sequences: [],
    });
    expect(entries.get("tables/0001-data.copy")?.toString()).to.match(/^1\t-1\t[^\n]+\n2\t-2\t/);
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
      try {
        await plain.sql("insert into acme.data select i, -i from generate_series(1, 10) i");
        const file = place(`plain-${tenantRoles}.zip`);
        await withRegistry(plain.adminUrl, async (registry) => {
          await exportTenant(registry, "acme", file);
          await importTenant(registry, file, { schemaName: "two", hosts: ["two.test"] });
          await cloneTenant(registry, "two", { schemaName: "three", hosts: ["three.test"] });
        });
        const [sum] = await plain.sql("select sum(value)::int as sum from three.data");
        expect(sum).to.deep.equal({ sum: -55 });
      } finally {
        await plain.drop();
      }
    }
  });

  it("import-tenant makes a tenant that is served, by its own role", async () => {
    const parameters = [place("acme.zip"), "again.example.com", "again"];
    const imported = await verb("import-tenant", parameters, { on: example, migrations: "" });
    expect(imported.stderr).to.equal("");
    const service = openService(example.serviceUrl);
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
