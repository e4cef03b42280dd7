// The skeleton of a migration compiles and runs as it stands.

import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "chai";
import { readMigrationFolder } from "../../../admin/migrations/folder/read-folder.ts";
import { writeMigration } from "../../../admin/migrations/new-migration.ts";
import { copyCheckout } from "../../support/pages/checkout.ts";
import { compile } from "../../support/pages/compile.ts";
import { withFolder } from "../../support/sql/migration-folder.ts";
import { rejection } from "../../support/rejection.ts";
import { runVerb, type VerbResult } from "../../support/program/verb.ts";

describe("new-migration", () => {
  let folder: string;
  const write = (...parameters: string[]): Promise<VerbResult> =>
    runVerb("", "new-migration", ...parameters);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-new-"));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it("new-migration numbers the files of a folder one after the other", async () => {
    for (const name of ["first", "add-color"]) {
      const { status, stdout } = await write(name, "--folder", folder);
      expect([status, stdout.startsWith("Wrote ")]).to.deep.equal([0, true]);
    }
    const files = await readdir(folder);
    expect(files.toSorted()).to.deep.equal(["0001-first.ts", "0002-add-color.ts"]);
    const text = await readFile(join(folder, "0002-add-color.ts"), "utf8");
    expect(text).to.include('from "rowhouse/tenant-migrations"');
  });

  it("new-migration refuses a name that is none, and writes nothing", async () => {
    for (const name of ["../x", "Add", "a--b", "a b", "", "-a"]) {
      const { status, stderr } = await write("--folder", folder, "--", name);
      expect(stderr, name).to.match(/^Cannot write migration ".*": its name must be/);
      expect(status).to.equal(1);
    }
    expect(await readdir(folder)).to.have.length(2);
  });

  it("new-migration --sql writes in the form that the folder has", async () => {
    for (const [existing, ...expected] of [
      ["0009-a.js", "0010-add-note.sql"],
      ["000003_a.up.sql", "000004_add_note.up.sql", "000004_add_note.down.sql"],
      ["9_a.down.sql", "10_add_note.sql", "10_add_note.down.sql"],
      ["99999999999999999999_a.sql"],
    ] as const) {
      await withFolder({ [existing]: "select 1" }, async (place) => {
        const writing = writeMigration("add-note", { folder: place, sql: true });
        if (expected.length === 0) {
          expect((await rejection(writing)).message).to.include("the last number of 20 digits");
          return;
        }
        const files = await writing;
        expect(files.map((file) => basename(file))).to.deep.equal(expected);
        if (!existing.endsWith(".up.sql")) return;
        const { migrations } = await readMigrationFolder(place);
        expect(migrations.map(({ down }) => down?.kind)).to.deep.equal([undefined, "sql"]);
      });
    }
    await withFolder({ "20240102030405_a.sql": "select 1" }, async (place) => {
      const [file = ""] = await writeMigration("add-note", { folder: place, sql: true });
      expect(basename(file)).to.match(/^20[2-9]\d{11}_add_note\.sql$/);
    });
  });

  it("new-migration --sql names the command of a folder's own tool", async () => {
    for (const [files, command] of [
      [{ "1_a/migration.sql": "" }, "npx prisma migrate dev --create-only --name add-note"],
      [{ "meta/_journal.json": "{}" }, "npx drizzle-kit generate --custom --name add-note"],
      [{ "1_a.sql": "-- +goose Up\n" }, "goose create add-note sql"],
      [{ "1_a.sql": "-- migrate:up\n" }, "dbmate new add-note"],
      [{ "1_a.sql": "-- Up Migration\n" }, "npx node-pg-migrate create add-note"],
    ] as const) {
      await withFolder(files, async (place) => {
        const error = await rejection(writeMigration("add-note", { folder: place, sql: true }));
        expect(error.message).to.include(`write it with ${command}`);
      });
    }
  });

  it("new-migration --sql writes into the folder of TENANT_MIGRATIONS, and a module nowhere without --folder", async () => {
    await withFolder({ "0009-a.js": "" }, async (configured) => {
      const [file = ""] = await writeMigration("add-note", { configured, sql: true });
      expect(basename(file)).to.equal("0010-add-note.sql");
      const { message } = await rejection(writeMigration("add-more", { configured }));
      expect(message).to.include("name the folder of your sources with --folder FOLDER");
      expect(await readdir(configured)).to.have.members(["0009-a.js", "0010-add-note.sql"]);
    });
  });

  it("new-migration's skeleton compiles in the tree", async function () {
    this.timeout(60_000);
    const checkout = await copyCheckout();
    try {
      const options = { cwd: checkout, encoding: "utf8" } as const;
      const written = spawnSync("npm", ["run", "--silent", "new-migration", "add-note"], options);
      expect(written.stdout).to.equal(
        "Wrote admin/migrations/tenant/0003-add-note.ts: fill in up and down, compile, " +
          "then node admin/migrate.js --plan\n",
      );
      expect(await compile(checkout, ["admin/migrations/tenant"])).to.equal("");
    } finally {
      await rm(checkout, { recursive: true, force: true });
    }
  });
});
