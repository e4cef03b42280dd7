// Archives that are cut off, damaged or edited, and imports that are killed: refused in one line, with nothing
// left behind; what is imported after all is what was exported.

import { readFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { TENANT_MIGRATIONS } from "../../admin/migrations/load.ts";
import { AdminError } from "../../admin/registry/admin-error.ts";
import { type Registry, withRegistry } from "../../admin/registry/registry.ts";
import { exportTenant } from "../../admin/transfer/export-tenant.ts";
import { type ImportOptions, importTenant } from "../../admin/transfer/import-tenant.ts";
import {
  type EditableManifest,
  editManifest,
  readEntries,
  writeEntries,
} from "../support/archive.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import type { MigrationsFolder } from "../support/migrations.ts";
import { createRandom } from "../support/random.ts";
import { rejection } from "../support/rejection.ts";
import { fillShop, makeShop, readShop } from "../support/shop.ts";
import { until } from "../support/until.ts";
import { runVerb, startVerb } from "../support/verb.ts";

const DAMAGES = 24;
const KILLS = 3;

describe("import-tenant under faults", function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let shop: MigrationsFolder;
  let folder: string;
  let whole: string;
  let broken: string;

  const importNew = (registry: Registry, file: string): Promise<unknown> =>
    importTenant(registry, file, { schemaName: "made", hosts: ["made.example.com"] });
  const withShop = <T>(work: (registry: Registry) => Promise<T>): Promise<T> =>
    withRegistry(database.adminUrl, work, shop.folder);

  /** What there is of the tenant "made". */
  const readLeft = (): Promise<Record<string, unknown>[]> =>
    database.sql(
      `select schema_name::text as left from rowhouse.tenant where schema_name = 'made'
       union all select host from rowhouse.domain where host = 'made.example.com'
       union all select nspname::text from pg_namespace where nspname = 'made'
       union all select rolname::text from pg_roles where rolname =
         (select 'rh_' || oid || '_made' from pg_database where datname = current_database())`,
    );
  const removeMade = async (): Promise<void> => {
    const [role] = await database.sql<{ name: string }>(
      "select role_name as name from rowhouse.tenant where schema_name = 'made'",
    );
    await database.sql(
      "delete from rowhouse.domain where schema_name = 'made'",
      "delete from rowhouse.tenant where schema_name = 'made'",
      "drop schema made cascade",
      `drop owned by "${role?.name}"`,
      `drop role "${role?.name}"`,
    );
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-import-"));
    [whole, broken] = [join(folder, "whole.zip"), join(folder, "broken.zip")];
    shop = await makeShop();
    database = await createTestDatabase();
    await database.addTenants({ shop: "shop.example.com" }, shop.folder);
    await fillShop(database, "shop");
    await withShop((registry) => exportTenant(registry, "shop", whole));
  });

  after(async () => {
    await database.drop();
    await shop.remove();
    await rm(folder, { recursive: true });
  });

  it("refuses an archive that was cut off anywhere", async () => {
    const bytes = await readFile(whole);
    const offsets = Array.from({ length: DAMAGES }, (_, index) =>
      Math.floor((bytes.length * index) / DAMAGES),
    );
    await withShop(async (registry) => {
      for (const offset of [...offsets, bytes.length - 1, bytes.length - 30]) {
        await writeFile(broken, bytes.subarray(0, offset));
        const error = await rejection(importNew(registry, broken));
        expect(error, `${offset}`).to.be.instanceOf(AdminError);
        expect(error.message).to.match(/^Cannot read archive ".*": [^\n]+; it is damaged or no/);
      }
    });
    expect(await readLeft()).to.deep.equal([]);
    const result = await runVerb(
      database.adminUrl,
      "import-tenant",
      broken,
      "made.example.com",
      "made",
    );
    expect(result).to.deep.include({ status: 1, stdout: "" });
    expect(result.stderr).to.match(/^Cannot read archive [^\n]+\n$/);
  });

  it("refuses flipped bytes, or gives back what was exported all the same", async () => {
    const seed = Date.now();
    const random = createRandom(seed);
    const bytes = await readFile(whole);
    const expected = await readShop(database, "shop");
    let refused = 0;
    try {
      await withShop(async (registry) => {
        for (let index = 0; index < DAMAGES; index += 1) {
          const damagedBytes = Buffer.from(bytes);
          const at = Math.floor(random() * bytes.length);
          damagedBytes[at] = (damagedBytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
          await writeFile(broken, damagedBytes);
          const imported = await importNew(registry, broken).then(
            () => true,
            (error: unknown) => {
              expect((error as Error).message.split("\n").length).to.equal(1);
              return false;
            },
          );
          if (imported) {
            expect(await readShop(database, "made")).to.deep.equal(expected);
            await removeMade();
          } else refused += 1;
          expect(await readLeft(), `byte ${at}`).to.deep.equal([]);
        }
      });
    } catch (error) {
      throw new Error(`With seed ${seed}`, { cause: error });
    }
    // Much of so small a file is what nobody reads, such as the times of the entries.
    expect(refused).to.be.greaterThan(DAMAGES / 10);
  });

  const edits: readonly (readonly [string, (manifest: EditableManifest) => void, RegExp])[] = [
    [
      "another format",
      (m) => (m["formatVersion"] = 2),
      /its format is version 2, and this reads 1/,
    ],
    [
      "no format",
      (m) => delete m["formatVersion"],
      /its manifest, "formatVersion", is not in order/,
    ],
    ["an unknown version", (m) => (m["version"] = 3), /there is no tenant migration 3/],
    ["a lower version", (m) => (m["version"] = 1), /"0002-note"; set TENANT_MIGRATIONS/],
    ["other migrations", (m) => (m.migrations[1] = "0002-other"), /differs is "0002-other"/],
    ["an unknown table", (m) => (m.tables[1]!["name"] = "x"), /table "x" is one too many/],
    ["a table twice", (m) => m.tables.push(m.tables[1]!), /table "counter" is one too many/],
    ["a table of another schema", (m) => (m.tables[1]!["name"] = "rowhouse.tenant"), /too many/],
    ["a table less", (m) => m.tables.pop(), /table "z_parent" is missing/],
    ["a column that is SQL", (m) => m.tables[1]!.columns.push('id") from program'), /one too many/],
    [
      "a column less",
      (m) => m.tables[1]!.columns.pop(),
      /column of table "counter" "note" is missing/,
    ],
    ["a row more", (m) => (m.tables[1]!.rows += 1), /rows of table "counter" is 25, the manifest/],
    ["fewer bytes", (m) => (m.tables[1]!["bytes"] = 5), /more than 5 bytes/],
    [
      "another checksum",
      (m) => (m.tables[1]!["sha256"] = "0".repeat(64)),
      /sha256 of table "counter"/,
    ],
    ["no such entry", (m) => (m.tables[1]!["entry"] = "../x"), /it has no entry "..\/x"/],
    ["another entry", (m) => (m.tables[1]!["entry"] = "manifest.json"), /./],
    ["a sequence less", (m) => m.sequences.pop(), /sequence ".*" is missing/],
    ["an unknown sequence", (m) => (m.sequences[0]!["name"] = "x"), /sequence "x" is one too many/],
    [
      "a sequence's value",
      (m) => (m.sequences[0]!["value"] = "1; drop"),
      /"value", is not in order/,
    ],
    ["a timeout", (m) => (m["statementTimeoutMs"] = 0), /"statementTimeoutMs", is not in order/],
  ];
  for (const [what, edit, message] of edits) {
    it(`refuses an edited manifest: ${what}`, async () => {
      await editManifest(whole, broken, edit);
      const error = await withShop((registry) => rejection(importNew(registry, broken)));
      expect(error.message)
        .to.match(/^[^\n]+$/)
        .and.to.match(message);
      expect(await readLeft()).to.deep.equal([]);
    });
  }

  it("refuses rows that the database does not take", async () => {
    const entries = await readEntries(whole);
    entries.set("tables/0002-counter.copy", Buffer.from("1\tno number\tnone\n"));
    await writeEntries(broken, entries);
    const error = await withShop((registry) => rejection(importNew(registry, broken)));
    expect(error.message).to.match(/^invalid input syntax for type integer: "no number"/);
    entries.set("tables/0002-counter.copy", Buffer.from("1\t1\tnone\n\\.\n2\t2\tnone\n"));
    await writeEntries(broken, entries);
    const cut = await withShop((registry) => rejection(importNew(registry, broken)));
    expect(cut).to.be.instanceOf(Error);
    expect(await readLeft()).to.deep.equal([]);
  });

  it("refuses rows that break a foreign key, and a zip that is no archive", async () => {
    await editManifest(whole, broken, (manifest) => {
      const [child] = manifest.tables;
      Object.assign(child ?? {}, { rows: 1, bytes: 6, sha256: SHA256_OF_ORPHAN });
    });
    const entries = await readEntries(broken);
    entries.set("tables/0001-a_child.copy", Buffer.from("1\t999\n"));
    await writeEntries(broken, entries);
    const error = await withShop((registry) => rejection(importNew(registry, broken)));
    expect(error.message).to.include("violates foreign key constraint");
    await writeEntries(broken, new Map([["a.txt", Buffer.from("a")]]));
    const none = await withShop((registry) => rejection(importNew(registry, broken)));
    expect(none.message).to.include("it has no manifest.json; it is damaged or no archive");
    expect(await readLeft()).to.deep.equal([]);
  });

  it("refuses a host or a schema that is taken, and other migrations", async () => {
    const refuse = async (wanted: Partial<ImportOptions>, message: RegExp, own = shop.folder) => {
      const made = { schemaName: "made", hosts: ["made.example.com"], ...wanted };
      const imported = withRegistry(
        database.adminUrl,
        (registry) => importTenant(registry, whole, made),
        own,
      );
      expect((await rejection(imported)).message).to.match(message);
    };
    const taken = ["made.example.com", "shop.example.com"];
    await refuse({ hosts: taken }, /^Cannot add host: "shop.example.com" belongs/);
    await refuse({ schemaName: "shop" }, /^Cannot add tenant: schema "shop" is a tenant/);
    await refuse({}, /first that differs is "0001-shop"; set TENANT_/, TENANT_MIGRATIONS);
    const none = await withShop((registry) => rejection(importNew(registry, join(folder, "none"))));
    expect(none.message).to.match(/^Cannot read archive ".*": ENOENT/);
    expect(await readLeft()).to.deep.equal([]);
  });

  it("a killed import leaves nothing, and is run again", async () => {
    const seed = Date.now();
    const random = createRandom(seed);
    const start = () =>
      startVerb(
        { adminUrl: database.adminUrl, env: { TENANT_MIGRATIONS: shop.folder } },
        "import-tenant",
        whole,
        "made.example.com",
        "made",
      );
    // A role is seen only when the transaction is committed: what is at work is seen by its connection.
    const isAtWork = async (): Promise<boolean> => {
      const rows = await database.sql(
        `select from pg_stat_activity where application_name = 'rowhouse-admin'
           and datname = current_database()`,
      );
      return rows.length > 0;
    };
    let killed = 0;
    try {
      for (let kill = 0; kill < KILLS; kill += 1) {
        const run = start();
        await until("nothing is imported", isAtWork);
        const killAt = performance.now() + random() * 100;
        await until("time does not pass", () => performance.now() >= killAt);
        run.kill("SIGKILL");
        const { status } = await run.result;
        await until("its connections do not end", async () => !(await isAtWork()));
        if (status === 0) await removeMade();
        else {
          const left = await readLeft();
          if (left.length > 0) {
            expect(await readShop(database, "made")).to.deep.equal(
              await readShop(database, "shop"),
            );
            await removeMade();
          } else killed += 1;
        }
      }
      expect(killed).to.be.greaterThan(0);
      expect((await start().result).stderr).to.equal("");
      expect(await readShop(database, "made")).to.deep.equal(await readShop(database, "shop"));
    } catch (error) {
      throw new Error(`With seed ${seed}`, { cause: error });
    }
  });
});

// Of "1\t999\n".
const SHA256_OF_ORPHAN = "9443d2b8659eaca12c4f0ab7c776a5cf007d33f315080b523bc5d93292e050ed";
