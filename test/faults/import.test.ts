// Archives that are cut off or damaged, and imports that are killed: refused in one line, with nothing left
// behind; what is imported after all is what was exported.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { TENANT_MIGRATIONS } from "../../admin/migrations/load.ts";
import { AdminError } from "../../admin/registry/admin-error.ts";
import { withRegistry } from "../../admin/registry/registry.ts";
import type { ImportOptions } from "../../admin/transfer/import-archive.ts";
import { type TestDatabase } from "../support/database/database.ts";
import { createRandom } from "../support/random.ts";
import { rejection } from "../support/rejection.ts";
import { readShop } from "../support/transfer/shop.ts";
import { until } from "../support/until.ts";
import { performVerb, startVerb } from "../support/program/verb.ts";
import { type ImportStage, openImportStage } from "../support/transfer/import-stage.ts";

const DAMAGES = 16;
const KILLS = 3;

describe("import-tenant under faults", function () {
  this.timeout(60_000);
  let stage: ImportStage;
  let database: TestDatabase;
  let whole: string;
  let broken: string;

  before(async () => {
    stage = await openImportStage();
    ({ database, whole, broken } = stage);
  });

  after(() => stage.close());

  it("refuses an archive that was cut off anywhere", async () => {
    const bytes = await readFile(whole);
    const offsets = Array.from({ length: DAMAGES }, (_, index) =>
      Math.floor((bytes.length * index) / DAMAGES),
    );
    await stage.withShop(async (registry) => {
      for (const offset of [...offsets, bytes.length - 1, bytes.length - 30]) {
        await writeFile(broken, bytes.subarray(0, offset));
        const error = await rejection(stage.importMade(registry, broken));
        expect(error, `${offset}`).to.be.instanceOf(AdminError);
        expect(error.message).to.match(/^Cannot read archive ".*": [^\n]+; it is damaged or no/);
      }
    });
    expect(await stage.readMade()).to.deep.equal([]);
    const result = await performVerb(
      { adminUrl: database.adminUrl, env: { TENANT_MIGRATIONS: stage.shop.folder } },
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
      await stage.withShop(async (registry) => {
        for (let index = 0; index < DAMAGES; index += 1) {
          const damagedBytes = Buffer.from(bytes);
          const at = Math.floor(random() * bytes.length);
          damagedBytes[at] = (damagedBytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
          await writeFile(broken, damagedBytes);
          const imported = await stage.importMade(registry, broken).then(
            () => true,
            (error: unknown) => {
              expect(error).to.be.instanceOf(AdminError);
              expect((error as Error).message).to.not.include("\n");
              return false;
            },
          );
          if (imported) {
            expect(await readShop(database, "made")).to.deep.equal(expected);
            await stage.removeMade();
          } else refused += 1;
          expect(await stage.readMade(), `byte ${at}`).to.deep.equal([]);
        }
      });
    } catch (error) {
      throw new Error(`With seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
    // Much of so small a file is what nobody reads, such as the times of the entries.
    expect(refused).to.be.greaterThan(0);
  });

  it("refuses a host or a schema that is taken, and other migrations", async () => {
    const refuse = async (
      wanted: Partial<ImportOptions>,
      message: RegExp,
      own = stage.shop.folder,
    ): Promise<void> => {
      const imported = withRegistry(
        database.adminUrl,
        (registry) => stage.importMade(registry, whole, wanted),
        own,
      );
      expect((await rejection(imported)).message).to.match(message);
    };
    const taken = ["made.example.com", "shop.example.com"];
    await refuse({ hosts: taken }, /^Cannot add host: "shop.example.com" already belongs/);
    await refuse({ schemaName: "shop" }, /^Cannot add tenant: schema "shop" is a tenant/);
    await refuse({}, /does not have "0001-shop", .*; set TENANT_/, TENANT_MIGRATIONS);
    const none = await stage.withShop((registry) =>
      rejection(stage.importMade(registry, join(stage.folder, "none"))),
    );
    expect(none.message).to.match(/^Cannot read archive ".*": ENOENT/);
    expect(await stage.readMade()).to.deep.equal([]);
  });

  it("a killed import leaves nothing, and is run again", async () => {
    const seed = Date.now();
    const random = createRandom(seed);
    const start = () =>
      startVerb(
        { adminUrl: database.adminUrl, env: { TENANT_MIGRATIONS: stage.shop.folder } },
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
        if (status === 0) await stage.removeMade();
        else {
          const left = await stage.readMade();
          if (left.length > 0) {
            expect(await readShop(database, "made")).to.deep.equal(
              await readShop(database, "shop"),
            );
            await stage.removeMade();
          } else killed += 1;
        }
      }
      expect(killed).to.be.greaterThan(0);
      expect((await start().result).stderr).to.equal("");
      expect(await readShop(database, "made")).to.deep.equal(await readShop(database, "shop"));
    } catch (error) {
      throw new Error(`With seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  });
});
