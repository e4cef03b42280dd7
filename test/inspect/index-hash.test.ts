// The hash of a schema tells plain indexes apart by the facts of the catalogs, without their definitions as text.

import { expect } from "chai";
import { readHashes } from "../../admin/inspect/fingerprint.ts";
import { useDatabase } from "../support/database.ts";
import { useRegistry } from "../support/use-registry.ts";

const FIRST = "create index found on data (a, b)";

const OTHERS = [
  "create index other on data (a, b)",
  "create index found on data (b, a)",
  "create index found on data (a)",
  "create index found on data (a, b desc)",
  "create index found on data (a, b nulls first)",
  "create index found on data (a) include (b)",
  "create unique index found on data (a, b)",
  "create unique index found on data (a, b) nulls not distinct",
  "create index found on data (a, b) with (fillfactor = 50)",
  "create index found on data (a, b text_pattern_ops)",
  'create index found on data (a, b collate "C")',
  "create index found on data (a, b own_ops)",
  "create index found on data (a, lower(b))",
  "create index found on data (a, b) where a > 0",
  "create index found on data using hash (a)",
];

describe("hashes of indexes", () => {
  const database = useDatabase();
  const withDatabase = useRegistry(() => database.adminUrl);

  it("readHashes() is equal for equal indexes, and differs for all others", async () => {
    const indexes = [FIRST, FIRST, ...OTHERS, OTHERS[11] ?? ""];
    const schemas = indexes.map((_, place) => `s${place}`);
    await database.sql(
      indexes
        .map(
          (index, place) => `
            create schema s${place}; set local search_path = s${place};
            create table data (a int, gone int, b text); alter table data drop column gone;
            create operator class own_ops for type text using btree as
              operator 1 ~<~, operator 2 ~<=~, operator 3 =, operator 4 ~>=~, operator 5 ~>~,
              function 1 bttext_pattern_cmp(text, text);
            ${index}`,
        )
        .join(";"),
    );
    await database.sql(
      "drop table s1.data; create table s1.data (b text, a int); create index found on s1.data (a, b)",
    );
    const hashes = await withDatabase(({ sequelize }) =>
      sequelize.transaction((transaction) => readHashes(transaction, schemas)),
    );
    expect(hashes.get("s0")).to.equal(hashes.get("s1"));
    expect(hashes.get("s13")).to.equal(hashes.get(`s${indexes.length - 1}`));
    expect(new Set(hashes.values()).size).to.equal(1 + OTHERS.length);
  });
});
