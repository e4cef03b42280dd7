// Archives that a stranger made: nothing of them is believed.

import { createHash } from "node:crypto";
import { expect } from "chai";
import {
  type EditableManifest,
  editManifest,
  readEntries,
  writeEntries,
} from "../support/transfer/archive.ts";
import { performVerb } from "../support/program/verb.ts";
import { rejection } from "../support/rejection.ts";
import { type ImportStage, openImportStage } from "../support/transfer/import-stage.ts";

describe("import-tenant of an edited archive", function () {
  this.timeout(60_000);
  let stage: ImportStage;
  let whole: string;
  let broken: string;

  before(async () => {
    stage = await openImportStage();
    ({ whole, broken } = stage);
  });

  after(() => stage.close());

  const edits: readonly (readonly [string, (manifest: EditableManifest) => void, RegExp])[] = [
    [
      "another format",
      (m) => (m["formatVersion"] = 4),
      /its format is version 4, and this version reads up to 3/,
    ],
    ["no format", (m) => delete m["formatVersion"], /its manifest, "formatVersion", is malformed/],
    [
      "an unknown version",
      (m) => (m["version"] = 3),
      /its version is 3, and it names 2 migrations/,
    ],
    ["a lower version", (m) => (m["version"] = 1), /its version is 1, and it names 2 mig/],
    ["other migrations", (m) => (m.migrations[1] = "0002-other"), /differs is "0002-other"/],
    ["an unknown table", (m) => (m.tables[1]!["name"] = "x"), /table "x" is unexpected/],
    ["a table twice", (m) => m.tables.push(m.tables[1]!), /table "counter" is unexpected/],
    [
      "a table of another schema",
      (m) => (m.tables[1]!["name"] = "rowhouse.tenant"),
      /is unexpected/,
    ],
    ["a table less", (m) => m.tables.pop(), /table "z_parent" is missing/],
    [
      "a column that is SQL",
      (m) => m.tables[1]!.columns.push('id") from program'),
      /is unexpected/,
    ],
    [
      "a column less",
      (m) => m.tables[1]!.columns.pop(),
      /column of table "counter" "note" is missing/,
    ],
    ["a row more", (m) => (m.tables[1]!.rows += 1), /rows of table "counter" is 25, the manifest/],
    ["fewer bytes", (m) => (m.tables[1]!["bytes"] = 5), /more than 5 bytes/],
    [
      "wrong checksum",
      (m) => (m.tables[1]!["sha256"] = "0".repeat(64)),
      /sha256 of table "counter"/,
    ],
    ["no such entry", (m) => (m.tables[1]!["entry"] = "../x"), /it has no entry "..\/x"/],
    ["another entry", (m) => (m.tables[1]!["entry"] = "manifest.json"), /./],
    ["a sequence less", (m) => m.sequences.pop(), /sequence ".*" is missing/],
    ["an unknown sequence", (m) => (m.sequences[0]!["name"] = "x"), /sequence "x" is unexpected/],
    ["a sequence's value", (m) => (m.sequences[0]!["value"] = "1; drop"), /"value", is malformed/],
    ["a timeout", (m) => (m["statementTimeoutMs"] = 0), /"statementTimeoutMs", is malformed/],
  ];
  for (const [what, edit, message] of edits) {
    it(`refuses an edited manifest: ${what}`, async () => {
      await editManifest(whole, broken, edit);
      const error = await stage.withShop((registry) =>
        rejection(stage.importMade(registry, broken)),
      );
      expect(error.message)
        .to.match(/^[^\n]+$/)
        .and.to.match(message);
      expect(await stage.readMade()).to.deep.equal([]);
    });
  }

  it("refuses rows that are far more than the file, unless they are asked for", async () => {
    const text = Buffer.from(`1\t1\t${"x".repeat(70_000_000)}\n`);
    await editManifest(whole, broken, ({ tables }) => {
      Object.assign(tables[1] ?? {}, measuresOf(text, 1));
    });
    const entries = await readEntries(broken);
    entries.set("tables/0002-counter.copy", text);
    await writeEntries(broken, entries);
    await stage.withShop(async (registry) => {
      const error = await rejection(stage.importMade(registry, broken));
      expect(error.message).to.match(
        /^Cannot import tenant: the archive has \d+ bytes and says [^\n]*--max-megabytes 7\d$/,
      );
      expect(await stage.readMade()).to.deep.equal([]);
      await stage.importMade(registry, broken, { maxBytes: 80_000_000 });
    });
    await stage.removeMade();
  });

  it("refuses values that the database does not take, as damage unless the manifest tells them", async () => {
    const entry = "tables/0002-counter.copy";
    const text = Buffer.from("1\tno number\tnone\n");
    const refuse = () =>
      stage.withShop((registry) => rejection(stage.importMade(registry, broken)));
    const entries = await readEntries(whole);
    entries.set(entry, text);
    await writeEntries(broken, entries);
    expect((await refuse()).message).to.match(
      /^Cannot read archive "[^\n]*": bytes of table "counter" is 17, the manifest says \d+; it is damaged/,
    );
    await editManifest(broken, broken, ({ tables }) => {
      Object.assign(tables[1] ?? {}, measuresOf(text, 1));
    });
    expect((await refuse()).message).to.match(
      /^invalid input syntax for type integer: "no number"/,
    );
    entries.set(entry, Buffer.from("1\t1\tnone\n\\.\n2\t2\tnone\n"));
    await writeEntries(broken, entries);
    expect((await refuse()).message).to.match(/^Cannot [^\n]*$/);
    expect(await stage.readMade()).to.deep.equal([]);
  });

  it("prints texts of an archive so that a terminal does not obey them, nor a reader", async () => {
    const control = "\u001b]0;x\u0007\u009b2J\u202e\nImported tenant";
    const shown = String.raw`\u001b]0;x\u0007\u009b2J\u202e`;
    await editManifest(whole, broken, (manifest) => {
      Object.assign(manifest, { schemaName: control, createdAt: control, losses: [control] });
    });
    const settings = {
      adminUrl: stage.database.adminUrl,
      env: { TENANT_MIGRATIONS: stage.shop.folder },
    };
    const run = (...parameters: readonly string[]) =>
      performVerb(settings, "import-tenant", broken, "made.example.com", "made", ...parameters);
    const refused = await run();
    expect(refused.stderr)
      .to.include(`a copy of "${shown}`)
      .and.to.match(/^[ -~]+\n$/);
    const { stdout } = await run("--lossy");
    expect(stdout)
      .to.include(`Left out: ${shown}\\u000aImported`)
      .and.to.match(/^[ -~]+\n[ -~]+\n$/);
    const { stdout: json } = await performVerb(settings, "log", "made", "--json");
    expect(json)
      .to.include(shown)
      .and.to.match(/^[\n -~]+$/);
    await stage.removeMade();
  });

  it("refuses rows that break a foreign key, and a zip that is no archive", async () => {
    const orphan = Buffer.from("1\t999\n");
    await editManifest(whole, broken, ({ tables }) => {
      Object.assign(tables[0] ?? {}, measuresOf(orphan, 1));
    });
    const entries = await readEntries(broken);
    entries.set("tables/0001-a_child.copy", orphan);
    await writeEntries(broken, entries);
    const error = await stage.withShop((registry) => rejection(stage.importMade(registry, broken)));
    expect(error.message).to.include("violates foreign key constraint");
    await writeEntries(broken, new Map([["a.txt", Buffer.from("a")]]));
    const none = await stage.withShop((registry) => rejection(stage.importMade(registry, broken)));
    expect(none.message).to.include("it has no manifest.json; it is damaged or not an archive");
    const missing = `${broken}.missing`;
    const gone = await stage.withShop((registry) => rejection(stage.importMade(registry, missing)));
    expect(gone.message).to.match(/^Cannot read archive "[^"]+": ENOENT; check its path and mode$/);
    expect(await stage.readMade()).to.deep.equal([]);
  });
});

/** What the manifest says of a table with this text. */
function measuresOf(text: Buffer, rows: number): Record<string, unknown> {
  return { rows, bytes: text.length, sha256: createHash("sha256").update(text).digest("hex") };
}
