// What may happen to an export: a file in the way, an interruption, a kill, writers at work.

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { withRegistry } from "../../admin/registry/registry.ts";
import { exportTenant } from "../../admin/transfer/export-tenant.ts";
import { readEntries } from "../support/transfer/archive.ts";
import {
  createTestDatabase,
  type TestDatabase,
  useDatabase,
} from "../support/database/database.ts";
import type { MigrationsFolder } from "../support/sql/migrations.ts";
import { makeShop } from "../support/transfer/shop.ts";
import { rejection } from "../support/rejection.ts";
import { until } from "../support/until.ts";
import { performVerb, startVerb, type VerbResult } from "../support/program/verb.ts";

describe("export-tenant under faults", () => {
  const database = useDatabase({ acme: "acme.example.com", busy: "busy.example.com" });
  let other: TestDatabase;
  let shop: MigrationsFolder;
  let folder: string;

  const verb = (
    name: string,
    parameters: readonly string[],
    { on = other, migrations = shop.folder } = {},
  ): Promise<VerbResult> => {
    const env = { TENANT_MIGRATIONS: migrations };
    return performVerb({ adminUrl: on.adminUrl, env }, name, ...parameters);
  };
  const place = (name: string): string => join(folder, name);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-export-"));
    shop = await makeShop();
    other = await createTestDatabase();
    await other.addTenants({ shop: "shop.example.com" }, shop.folder);
    await database.sql("insert into acme.data select i, -i from generate_series(1, 1000) i");
  });

  after(async () => {
    await shop.remove();
    await other.drop();
    await rm(folder, { recursive: true });
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
    const refuse = async (schema: string, name: string, message: RegExp): Promise<void> => {
      const exported = withRegistry(database.adminUrl, (registry) =>
        exportTenant(registry, schema, place(name)),
      );
      expect((await rejection(exported)).message).to.match(message);
    };
    await refuse(
      "nobody",
      "nobody.zip",
      /^Cannot export tenant: tenant "nobody" does not exist; see/,
    );
    await refuse("acme", "no/such.zip", /^Cannot write ".*": ENOENT; choose another place$/);
    expect(await readdir(folder)).to.deep.equal(before);
  });

  it("export-tenant that is interrupted removes what it has written", async () => {
    const before = await readdir(folder);
    const client = await other.openClient();
    await client.query("begin");
    await client.query("lock table shop.counter in access exclusive mode");
    const env = { TENANT_MIGRATIONS: shop.folder };
    const run = startVerb(
      { adminUrl: other.adminUrl, env },
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
    const again = await verb("export-tenant", ["acme", file], { on: database, migrations: "" });
    expect(again.status).to.equal(0);
  });

  it("export-tenant is one moment of a tenant that is written to, and of all its tables", async () => {
    await database.sql(
      "insert into busy.data select i, 0 from generate_series(1, 200) i",
      // So big that many writes are committed between the two.
      "create table busy.middle as select i from generate_series(1, 200000) i",
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
    const result = await verb("export-tenant", ["busy", file], { on: database, migrations: "" });
    const during = writes;
    stopping.abort();
    await writer;
    // Two of its tables are of no migration.
    expect(result.status).to.equal(3);
    expect(during).to.be.greaterThan(10);
    const entries = await readEntries(file);
    const values = ["0001-data", "0003-zz_last"].map((name) => {
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
    await database.sql("drop table busy.zz_last", "drop table busy.middle");
  });

  it("export-tenant works on a suspended tenant, and refuses one that is on its way", async () => {
    await database.sql(
      "update rowhouse.tenant set status = 'suspended' where schema_name = 'busy'",
    );
    const suspended = await verb("export-tenant", ["busy", place("suspended.zip")], {
      on: database,
      migrations: "",
    });
    expect(suspended.status).to.equal(0);
    await database.sql(
      "update rowhouse.tenant set transition = 'moved', peer = 'x:1/y' where schema_name = 'busy'",
    );
    const moved = await verb("export-tenant", ["busy", place("moved.zip")], {
      on: database,
      migrations: "",
    });
    expect(moved.stderr).to.match(/^Cannot export tenant: tenant "busy": it has moved to x:1\/y; /);
    await database.sql(
      "update rowhouse.tenant set transition = null, peer = null where schema_name = 'busy'",
    );
  });
});
