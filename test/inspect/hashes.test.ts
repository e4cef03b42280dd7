// The hash of a schema tells plain indexes and constraints apart by the facts of the catalogs, without their definitions
// as text.

import { expect } from "chai";
import { readHashes } from "../../admin/inspect/fingerprint/fingerprint.ts";
import { useDatabase } from "../support/database/database.ts";
import { useRegistry } from "../support/database/use-registry.ts";

const OWN_OPERATORS = `
  create operator class own_ops for type text using btree as
    operator 1 ~<~, operator 2 ~<=~, operator 3 =, operator 4 ~>=~, operator 5 ~>~,
    function 1 bttext_pattern_cmp(text, text);`;

const INDEXES = [
  "create index found on data (a, b)",
  "create index differently on data (a, b)",
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

const key = (text: string): string => `alter table data add constraint found ${text}`;

const CONSTRAINTS = [
  key("unique (a, b)"),
  key("unique (b, a)"),
  key("unique (a)"),
  key("unique (a) include (b)"),
  key("unique nulls not distinct (a, b)"),
  key("unique (a, b) with (fillfactor = 50)"),
  key("unique (a, b) deferrable"),
  key("unique (a, b) deferrable initially deferred"),
  key("primary key (a, b)"),
  key("foreign key (a) references other"),
  key("foreign key (a) references another"),
  key("foreign key (a) references other (b)"),
  key("foreign key (b) references other (c)"),
  key("foreign key (a) references other on delete cascade"),
  key("foreign key (a) references other on update cascade"),
  key("foreign key (a) references other match full"),
  key("foreign key (a) references other deferrable"),
  key("foreign key (a) references other not valid"),
  key("foreign key (a, n) references other (a, b) on delete set null"),
  key("foreign key (a, n) references other (a, b) on delete set null (a)"),
  key("check (a > 0)"),
  key("check (a > 1)"),
  key("exclude using btree (a with =)"),
];

describe("hashes of indexes and constraints", () => {
  const database = useDatabase();
  const withDatabase = useRegistry(() => database.adminUrl);

  it("readHashes() is equal for equal definitions, and differs for all others", async () => {
    const definitions = [...INDEXES, ...CONSTRAINTS];
    const twice = [...definitions, ...definitions];
    const make = (definition: string, place: number): string => `
      create schema s${place}; set local search_path = s${place};
      create table other (a int primary key, b int unique, c text unique, unique (a, b));
      create table another (a int primary key);
      ${
        place < definitions.length
          ? "create table data (a int, gone int, b text, n int); alter table data drop column gone"
          : "create table data (n int, b text, a int)"
      };
      ${definition.includes("own_ops") ? OWN_OPERATORS : ""}
      ${definition}`;
    await database.sql(twice.map(make).join(";"));
    const names = twice.map((_, place) => `s${place}`);
    const found = await withDatabase(({ sequelize }) =>
      sequelize.transaction((transaction) => readHashes(transaction, names)),
    );
    const hashes = names.map((name) => found.get(name));
    const [first, second] = [hashes.slice(0, definitions.length), hashes.slice(definitions.length)];
    expect(first).to.deep.equal(second);
    const same = definitions.filter((_, place) => first.indexOf(first[place]) !== place);
    expect(same).to.deep.equal([]);
  });
});
