// How a folder is recognised, and what its tool's order and names are.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { expect } from "chai";
import { FolderError } from "../../../admin/migrations/folder/findings.ts";
import type { MigrationBody, MigrationFolder } from "../../../admin/migrations/folder/migration.ts";
import { readMigrationFolder } from "../../../admin/migrations/folder/read-folder.ts";
import { renderCommand } from "../../../admin/migrations/folder/render.ts";
import { type Files, readFiles, withFolder } from "../../support/sql/migration-folder.ts";
import { rejection } from "../../support/rejection.ts";

const names = ({ migrations }: MigrationFolder): readonly string[] =>
  migrations.map(({ name }) => name);

const commands = (body: MigrationBody | undefined): readonly string[] | undefined =>
  body?.kind === "sql" ? body.commands.map((command) => renderCommand(command, "t")) : undefined;

/** Up and down of each migration. */
const bodies = ({ migrations }: MigrationFolder): readonly unknown[] =>
  migrations.map(({ up, down }) => [commands(up), commands(down)]);

async function problemOf(files: Files): Promise<string> {
  const error = await rejection(readFiles(files));
  if (!(error instanceof FolderError)) throw error;
  return error.problems.map(({ file, line, text }) => `${file}:${line ?? ""}: ${text}`).join("\n");
}

describe("a folder of Prisma", () => {
  const lock = 'provider = "postgresql"\n';

  it("readMigrationFolder() takes folders by name, whatever the digits", async () => {
    const folder = await readFiles({
      "migration_lock.toml": lock,
      "20240101000000_b/migration.sql": "select 2",
      "20240101_a/migration.sql": "select 1;",
      "202401010000_c/migration.sql": "select 3",
      "202401010000_c/down.sql": "select -3",
      "README.md": "",
    });
    expect(folder.tool).to.equal("Prisma");
    expect(names(folder)).to.deep.equal(["20240101000000_b", "202401010000_c", "20240101_a"]);
    expect(folder.migrations[1]?.file).to.equal("202401010000_c/migration.sql");
    expect(bodies(folder)[1]).to.deep.equal([["select 3"], ["select -3"]]);
  });

  it("readMigrationFolder() refuses code, another database and a folder without SQL", async () => {
    const one = { "1_a/migration.sql": "select 1" };
    expect(await problemOf({ ...one, "1_a/migration.ts": "" })).to.match(/^1_a\/migration.ts:/);
    expect(await problemOf({ ...one, "2_b/x.txt": "" })).to.match(
      /2_b\/migration.sql:: it does not exist/,
    );
    expect(await problemOf({ ...one, "2_b.sql": "" })).to.match(/^2_b.sql:/);
    expect(await problemOf({ ...one, "migration_lock.toml": 'provider = "mysql"' })).to.equal(
      'migration_lock.toml:: its provider is "mysql", must be "postgresql"',
    );
  });
});

describe("a folder of Drizzle", () => {
  const journal = (...tags: readonly string[]): string =>
    JSON.stringify({ dialect: "postgresql", entries: tags.map((tag, idx) => ({ idx, tag })) });

  it("readMigrationFolder() takes the journal's list and order, and cuts at breakpoints", async () => {
    const folder = await readFiles({
      "meta/_journal.json": journal("0001_b", "0000_a"),
      "meta/0000_snapshot.json": "{}",
      "0000_a.sql": "select 1\n--> statement-breakpoint\nselect 2;--> statement-breakpoint\n",
      "0001_b.sql": "select 3",
      "0002_c.sql": "drop table a",
    });
    expect([folder.tool, ...names(folder)]).to.deep.equal(["Drizzle", "0001_b", "0000_a"]);
    expect(bodies(folder)[1]).to.deep.equal([["select 1", "select 2"], undefined]);
    expect(folder.notices.map(({ file, kind }) => [file, kind])).to.deep.equal([
      ["0002_c.sql", "left out"],
    ]);
  });

  it("readMigrationFolder() reads its folders without a journal", async () => {
    const folder = await readFiles({
      "20240102_b/migration.sql": "select 2",
      "20240102_b/snapshot.json": "{}",
      "20240101_a/migration.sql": "select 1--> statement-breakpoint\nselect 3",
      "20240101_a/snapshot.json": "{}",
    });
    expect([folder.tool, ...names(folder)]).to.deep.equal(["Drizzle", "20240101_a", "20240102_b"]);
    expect(bodies(folder)[0]).to.deep.equal([["select 1", "select 3"], undefined]);
  });

  it("readMigrationFolder() refuses a journal that does not fit", async () => {
    const sql = { "0000_a.sql": "select 1" };
    for (const [text, problem] of [
      [journal("0000_a", "0001_b"), /^0001_b.sql:: it does not exist/],
      [journal("0000_a", "0000_a"), /it names "0000_a" twice/],
      ["{", /it is not JSON/],
      ["{}", /it has no list "entries"/],
      ['{"entries":[{"tag":"../a"}]}', /an entry has no tag/],
      ['{"dialect":"mysql","entries":[]}', /its dialect is "mysql"/],
    ] as const) {
      expect(await problemOf({ ...sql, "meta/_journal.json": text })).to.match(problem);
    }
  });
});

describe("files with numbers", () => {
  it("readMigrationFolder() orders by number, of up to 20 digits", async () => {
    const folder = await readFiles({
      "10_c.up.sql": "select 3",
      "2_b.up.sql": "select 2",
      "2_b.down.sql": "select -2",
      "001_a.up.sql": "select 1",
      "18446744073709551616_e.up.sql": "select 5",
      "18446744073709551615_d.up.sql": "select 4",
    });
    expect(folder.tool).to.equal("golang-migrate or sqlx");
    expect(names(folder)).to.deep.equal([
      "001_a",
      "2_b",
      "10_c",
      "18446744073709551615_d",
      "18446744073709551616_e",
    ]);
    expect(bodies(folder)[1]).to.deep.equal([["select 2"], ["select -2"]]);
    const { file, downFile } = folder.migrations[1] ?? {};
    expect([file, downFile]).to.deep.equal(["2_b.up.sql", "2_b.down.sql"]);
  });

  it("readMigrationFolder() takes no comment in a pair of files for a section", async () => {
    const folder = await readFiles({
      "1_a.up.sql": "select 1;\n-- Up Migration for users\nselect 2;",
      "1_a.down.sql": "-- Down Migration for users\nselect -1;\n-- Down Migration for orders\n",
    });
    expect(folder.tool).to.equal("golang-migrate or sqlx");
    expect(bodies(folder)).to.deep.equal([[["select 1", "select 2"], ["select -1"]]]);
  });

  it("readMigrationFolder() refuses what it does not understand, by name", async () => {
    const one = { "1_a.sql": "select 1" };
    for (const [files, problem] of [
      [{ ...one, "01_b.sql": "" }, /^1_a.sql:: it has the number of "01_b.sql"/],
      [{ ...one, "1-b.js": "export const up = () => {}" }, /has the number of/],
      [{ ...one, "1_a.up.sql": "" }, /has the number of/],
      [{ ...one, "2_b.down.sql": "" }, /^2_b.down.sql:: it has no "2_b.up.sql" beside it/],
      [{ ...one, "000000000000000000001_b.sql": "" }, /up to 20 digits/],
      [{ ...one, "b.sql": "" }, /^b.sql:: it is not a migration/],
      [{ ...one, "V2__b.sql": "" }, /a name of Flyway's/],
      [{ ...one, "notes.txt": "" }, /^notes.txt:: it is not a migration/],
      [{ ...one, "old/1_a.sql": "" }, /^old:: it is a folder/],
      [{ ...one, "2_b.sql": Uint8Array.of(0x27, 0xff, 0x27) }, /^2_b.sql:: it is not UTF-8/],
    ] as const) {
      expect(await problemOf(files)).to.match(problem);
    }
  });

  it("readMigrationFolder() refuses sections of tools that it does not read", async () => {
    for (const mark of [
      "-- +migrate Down",
      "-- rambler down",
      "--changeset a:1",
      "-- !Downs",
      "---- create above / drop below ----",
      "-- //@UNDO",
      "-- DOWN",
    ]) {
      expect(await problemOf({ "1_a.sql": `select 1;\n${mark}\nselect 2;` })).to.match(
        /^1_a.sql:2: .* begins a section of a tool that Rowhouse does not read/,
      );
    }
    const about =
      "-- up to here, and what goes down: see above\n-- Rollback: drop table a;\nselect 1";
    expect(names(await readFiles({ "1_a.sql": about }))).to.deep.equal(["1_a"]);
  });

  it("readMigrationFolder() passes over what is known not to be a migration", async () => {
    const folder = await readFiles({
      "1_a.sql": "select 1",
      "1_a.down.sql": "select -1",
      "README.md": "",
      "atlas.sum": "",
      ".keep": "",
      "2_b.sql.backup": "",
      "embed.go": "",
    });
    expect(folder.notices.map(({ file, kind }) => [file, kind])).to.deep.equal([
      ["embed.go", "left out"],
    ]);
    expect([folder.tool, ...names(folder)]).to.deep.equal(["plain SQL", "1_a"]);
    expect(bodies(folder)).to.deep.equal([[["select 1"], ["select -1"]]]);
  });

  it("readMigrationFolder() gives the same checksum to other line ends, and another to an edit", async () => {
    const checksum = async (text: string): Promise<string | undefined> =>
      (await readFiles({ "1_a.sql": text })).migrations[0]?.checksum;
    const one = await checksum("select 1;\nselect '\n'");
    expect(one).to.match(/^[0-9a-f]{64}$/);
    expect(await checksum("\ufeffselect 1;\r\nselect '\r\n'")).to.equal(one);
    expect(await checksum("select 1;\nselect ' \n'")).to.not.equal(one);
  });

  it("readMigrationFolder() counts lines in the file, whatever stands above", async () => {
    const { migrations } = await readFiles({
      "1_a.sql": "-- +goose Up\r\n\r\nselect\r\n 1;\r\n-- +goose Down\r\n-- a\r\n\r\nselect 2;",
    });
    const lines = [migrations[0]?.up, migrations[0]?.down].map((body) =>
      body?.kind === "sql" ? body.commands.map(({ line }) => line) : [],
    );
    expect(lines).to.deep.equal([[3], [8]]);
  });
});

describe("files with sections", () => {
  it("readMigrationFolder() reads goose's marks", async () => {
    const folder = await readFiles({
      "20240101_a.sql":
        "-- about\n-- +goose Up\n-- +goose StatementBegin\ndo $$ begin null; end $$\n-- +goose StatementEnd\nselect 1;\n-- +goose Down\nselect 2;",
      "20240102_b.sql": "-- +goose NO TRANSACTION\n--+goose up\nvacuum a; analyze a;",
    });
    expect(folder.tool).to.equal("goose");
    expect(bodies(folder)).to.deep.equal([
      [["do $$ begin null; end $$", "select 1"], ["select 2"]],
      [["vacuum a", "analyze a"], undefined],
    ]);
    expect(folder.migrations.map(({ isTransactional }) => isTransactional)).to.deep.equal([
      true,
      false,
    ]);
  });

  it("readMigrationFolder() refuses what goose would, and code in Go", async () => {
    const one = { "1_a.sql": "-- +goose Up\nselect 1;" };
    expect(await problemOf({ ...one, "2_b.go": "" })).to.match(/^2_b.go:: it is Go/);
    for (const [text, problem] of [
      ["select 1;", /^2_b.sql:1: it has no line "-- \+goose Up"/],
      ["select 1;\n-- +goose Up\n", /:1: a command stands above/],
      ["-- +goose Down\n-- +goose Up\n", /:1: "-- \+goose Up" must come first/],
      ["-- +goose Up\n-- +goose Up\n", /:2: "-- \+goose Up" stands twice/],
      ["-- +goose Up\n-- +goose StatementBegin\nselect 1", /:2: .*has no StatementEnd/],
      ["-- +goose Up\n-- +goose StatementEnd\n", /:2: .*do not fit together/],
      ["-- +goose ENVSUB ON\n-- +goose Up\n", /:1: goose fills in variables/],
      ["-- +goose Up\n-- +goose Sideways\n", /:2: goose has no mark "sideways"/],
    ] as const) {
      expect(await problemOf({ ...one, "2_b.sql": text })).to.match(problem);
    }
  });

  it("readMigrationFolder() reads dbmate's marks", async () => {
    const folder = await readFiles({
      "1_a.sql": "-- migrate:up\nselect 1;\n\n-- migrate:down\nselect 2;\n",
      "2_b.sql": "--migrate:up transaction:false\nvacuum a; analyze a;",
    });
    expect(folder.tool).to.equal("dbmate");
    expect(bodies(folder)).to.deep.equal([
      [["select 1"], ["select 2"]],
      [["vacuum a", "analyze a"], undefined],
    ]);
    expect(folder.migrations.map(({ isTransactional }) => isTransactional)).to.deep.equal([
      true,
      false,
    ]);
    const one = { "1_a.sql": "-- migrate:up\nselect 1;" };
    for (const [text, problem] of [
      ["select 1", /^2_b.sql:1: it must begin with a line "-- migrate:up"/],
      ["select 1;\n-- migrate:up\n", /:1: a command stands above/],
      ["-- migrate:down\n-- migrate:up\n", /:1: it must begin/],
      ["-- migrate:up\n-- migrate:down\n-- migrate:down\n", /:3: .*stands twice/],
      ["-- migrate:up transaction:no\n", /:1: dbmate has no option "transaction:no"/],
    ] as const) {
      expect(await problemOf({ ...one, "2_b.sql": text })).to.match(problem);
    }
  });

  it("readMigrationFolder() reads node-pg-migrate's marks in any form, and files without", async () => {
    const folder = await readFiles({
      "1700000000000_a.sql": "-- Up Migration\nselect 1;\n-- Down Migration\nselect 2;",
      "1700000000001_b.sql": "---- - DOWN   migration\nselect 4;\n--up migration\nselect 3;",
      "1700000000002_c.sql": "select 5;",
    });
    expect(folder.tool).to.equal("node-pg-migrate");
    expect(bodies(folder)).to.deep.equal([
      [["select 1"], ["select 2"]],
      [["select 3"], ["select 4"]],
      [["select 5"], undefined],
    ]);
    expect(await problemOf({ "1_a.sql": "-- up migration\n-- up migration" })).to.match(
      /:2: .*twice/,
    );
    expect(await problemOf({ "1_a.sql": "select 1;\n-- up migration" })).to.match(
      /:1: .*never runs it/,
    );
  });

  it("readMigrationFolder() refuses the marks of two tools in one folder", async () => {
    const files = { "1_a.sql": "-- +goose Up\n", "2_b.sql": "-- migrate:up\n" };
    expect(await problemOf(files)).to.match(
      /2_b.sql:: "1_a.sql" has marks of goose, and "2_b.sql"/,
    );
  });
});

describe("modules", () => {
  const module = "export const up = async ({ schema, sql }) => sql(`select '${schema}'`);\n";

  it("readMigrationFolder() takes them beside SQL, and one of a source and its compiled form", async () => {
    const folder = await readFiles({
      "0001-data.js": `${module}export async function down() {}`,
      "0001-data.ts": "not loaded",
      "0001-data.d.ts": "",
      "0001-data.js.map": "",
      "0002_b.sql": "select 1",
      "3-c.mjs": module,
      "4-d.cjs": "exports.up = async () => {};",
      "20240101-e.js": "export default { up() {} };",
    });
    expect([folder.tool, ...names(folder)]).to.deep.equal([
      "plain SQL",
      "0001-data",
      "0002_b",
      "3-c",
      "4-d",
      "20240101-e",
    ]);
    const [data, sql, mjs] = folder.migrations;
    expect([data?.up.kind, data?.down?.kind, data?.checksum, data?.file]).to.deep.equal([
      "module",
      "module",
      undefined,
      "0001-data.js",
    ]);
    expect([sql?.up.kind, mjs?.up.kind, mjs?.down]).to.deep.equal(["sql", "module", undefined]);
  });

  it("readMigrationFolder() refuses a module without up, one that fails, and another tool's", async () => {
    for (const [text, problem] of [
      ["export const down = 1;", /^1-a.js:: it does not export a function "up"/],
      ["throw new Error('no luck');", /it cannot be loaded: no luck/],
      [
        "export const up = (pgm) => pgm.dropTable('a');",
        /its "up" takes "pgm", as another tool's do/,
      ],
      ["exports.up = function (knex) {};", /exports is not defined|takes "knex"/],
      ["export async function up(queryInterface, Sequelize) {}", /takes "queryInterface"/],
    ] as const) {
      expect(await problemOf({ "1-a.js": text })).to.match(problem);
    }
  });

  it("readMigrationFolder() runs TypeScript where the runtime does", async () => {
    const files = { "1-a.ts": "export const up = async (): Promise<void> => {};" };
    if ("typescript" in process.features && process.features.typescript) {
      expect(names(await readFiles(files))).to.deep.equal(["1-a"]);
    } else
      expect(await problemOf(files)).to.match(/^1-a.ts:: this runtime does not run TypeScript/);
  });
});

describe("a module that is edited", () => {
  it("readMigrationFolder() imports it again in the same process", async () => {
    const file = "0001-a.mjs";
    await withFolder({ [file]: "export const up = () => {};" }, async (path) => {
      const readDown = async (): Promise<unknown> =>
        (await readMigrationFolder(path, { sharedSchemas: [] })).migrations[0]?.down?.kind;
      expect(await readDown()).to.equal(undefined);
      await writeFile(join(path, file), "export const up = () => {}; export const down = up;");
      expect(await readDown()).to.equal("module");
    });
  });
});

describe("a folder that is not there", () => {
  it("readMigrationFolder() says so", async () => {
    expect((await rejection(readMigrationFolder("/nowhere/at-all"))).message).to.equal(
      'Cannot read migrations of "/nowhere/at-all": it does not exist; check the path',
    );
  });
});
