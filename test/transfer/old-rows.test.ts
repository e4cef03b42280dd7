// What makes a copy differ from its source, or keeps a backup from coming back: rules that old rows break, rules that
// look at other rows, what acts on rows as they are loaded, what was done since the migrations. Each is copied in
// every way; each is one that a system of this kind was reported for.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { copyInEveryWay, type Copies } from "../support/transfer/copies.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import { OLD_ROWS } from "../support/transfer/old-rows.ts";
import { OLD_RULES } from "../support/transfer/old-rules.ts";

const CASES = [...OLD_ROWS, ...OLD_RULES];

describe("a copy of a tenant whose rows are older than its rules", function () {
  this.timeout(60_000);
  let source: TestDatabase;
  let target: TestDatabase;
  let folder: string;
  let copies: Copies;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-old-rows-"));
    [source, target] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    copies = await copyInEveryWay(source, target, folder, {
      schemaName: "old",
      migrations: CASES.flatMap(({ migrations }) => migrations),
      later: CASES.flatMap(({ later }) => later),
    });
  });

  after(async () => {
    await Promise.all([source.drop(), target.drop()]);
    await rm(folder, { recursive: true });
  });

  for (const { title, read, expected } of CASES) {
    it(`clone, import, move and a backup keep ${title}`, async () => {
      for (const [way, ask] of Object.entries(copies)) {
        expect(await ask(read), way).to.deep.equal(expected);
      }
    });
  }
});
