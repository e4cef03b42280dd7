// What an archive says of partitions, settings and comments: it may be SQL of a stranger's, and none of it runs.

import { expect } from "chai";
import { type EditableManifest, editManifest } from "../support/transfer/archive.ts";
import { type ImportStage, openImportStage } from "../support/transfer/import-stage.ts";
import { rejection } from "../support/rejection.ts";

describe("import-tenant of an archive with an edited shape", function () {
  this.timeout(60_000);
  let stage: ImportStage;

  before(async () => {
    stage = await openImportStage();
  });

  after(() => stage.close());

  const edits: readonly (readonly [string, (manifest: EditableManifest) => void, RegExp])[] = [
    [
      "a timeout of a day",
      (m) => (m["statementTimeoutMs"] = 86_400_000),
      /add --statement-timeout 86400000$/,
    ],
    ["a loss", (m) => (m["losses"] = ['table "x"']), /would not be equal to it: table "x"; /],
    [
      "a partition that is SQL",
      (m) => (partitionOf(m)["bound"] = "DEFAULT; select 1"),
      /is "DEFAULT; select 1", which/,
    ],
    [
      "a partition's value that is SQL",
      (m) => (partitionOf(m)["bound"] = "FOR VALUES IN (now())"),
      /not made of plain/,
    ],
    [
      "a partition's key that is SQL",
      (m) => (partitionOf(m)["key"] = "LIST ((pg_sleep(1)))"),
      /not made of plain/,
    ],
    [
      "a partition's name that is another's",
      (m) => (partitionOf(m)["name"] = "counter"),
      /already exists|partition/,
    ],
    [
      "a partition's parent",
      (m) => (partitionOf(m)["parent"] = "counter"),
      /partition "part_a" of/,
    ],
    ["a partition less", (m) => m.shape.partitions.pop(), /no partition of relation "part" found/],
    [
      "a trigger's state that is SQL",
      (m) => m.shape.settings.push(setting("trigger", "D; select 1", "counter", "more")),
      /cannot be "D; select 1"$/,
    ],
    [
      "a target that is SQL",
      (m) => m.shape.settings.push(setting("statistics", "1; select 1", "counter", "n")),
      /cannot be/,
    ],
    [
      "a storage that is SQL",
      (m) => m.shape.settings.push(setting("storage", "plain", "counter", "note")),
      /cannot be/,
    ],
    [
      "an option that is SQL",
      (m) => m.shape.settings.push(setting("options", '["a) = 1"]', "counter")),
      /cannot be/,
    ],
    [
      "options that are no list",
      (m) => m.shape.settings.push(setting("options", "{}", "counter")),
      /cannot be/,
    ],
    [
      "an option's value that is SQL",
      (m) => m.shape.settings.push(setting("options", '["fillfactor=9\'; select 1"]', "counter")),
      /fillfactor/,
    ],
    [
      "an index that is SQL",
      (m) => m.shape.settings.push(setting("cluster", 'a"; select 1', "counter")),
      /does not exist/,
    ],
    [
      "an unknown setting",
      (m) => m.shape.settings.push(setting("superuser", "true", "counter")),
      /superuser of "counter" is true/,
    ],
    [
      "a setting of what is not there",
      (m) => m.shape.settings.push(setting("unlogged", "true", "x")),
      /unlogged of "x" is true/,
    ],
    [
      "a comment on another's table",
      (m) => m.shape.comments.push(comment("table", "rowhouse", "tenant")),
      /not in a tenant's schema/,
    ],
    [
      "a comment on another's type",
      (m) => m.shape.comments.push(comment("type", "pg_catalog.int4")),
      /not in a tenant's/,
    ],
    [
      "a comment on a role",
      (m) => m.shape.comments.push(comment("role", "postgres")),
      /not in a tenant's schema/,
    ],
    [
      "a comment on what is not there",
      (m) => m.shape.comments.push(comment("table", "@", "x")),
      /comment on table @ x/,
    ],
  ];
  for (const [what, edit, message] of edits) {
    it(`refuses ${what}`, async () => {
      await editManifest(stage.whole, stage.broken, edit);
      const error = await stage.withShop((registry) =>
        rejection(stage.importMade(registry, stage.broken)),
      );
      expect(error.message)
        .to.match(/^[^\n]+$/)
        .and.to.match(message);
      expect(await stage.readMade()).to.deep.equal([]);
    });
  }
});

function setting(kind: string, value: string, ...path: readonly string[]): object {
  return { kind, path, value };
}

function comment(type: string, ...names: readonly string[]): object {
  return { type, names, arguments: [], text: "planted" };
}

function partitionOf({ shape }: EditableManifest): Record<string, unknown> {
  return shape.partitions[0] ?? {};
}
