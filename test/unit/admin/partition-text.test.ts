// The phrases of partitions that an archive may have.

import { expect } from "chai";
import { isPartitionBound, isPartitionKey } from "../../../admin/transfer/shape/partition-text.ts";

describe("isPartitionBound()", () => {
  for (const text of [
    "DEFAULT",
    "FOR VALUES IN ('a', NULL, 'it''s \\')",
    "FOR VALUES IN (true)",
    "FOR VALUES FROM ('2026-01-01 00:00:00+00', MINVALUE) TO ('2027-01-01', 5)",
    "FOR VALUES FROM ('-5', 1.5, -3) TO (1e+20, MAXVALUE, B'101')",
    "FOR VALUES WITH (modulus 4, remainder 3)",
  ]) {
    it(`takes ${text}`, () => expect(isPartitionBound(text)).to.equal(true));
  }

  for (const text of [
    "",
    "DEFAULT; drop table x",
    "DEFAULT\n",
    "FOR VALUES IN (now())",
    "FOR VALUES IN ('a' || 'b')",
    "FOR VALUES IN ('a'), ('b')",
    "FOR VALUES IN ('a'))--'",
    "FOR VALUES IN (E'\\'', pg_sleep(1), '')",
    "FOR VALUES IN ((select 1))",
    "FOR VALUES FROM (1) TO (2) partition by list (x)",
    "FOR VALUES WITH (modulus 4, remainder 3, x 4)",
    "for values in (1)",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(isPartitionBound(text)).to.equal(false));
  }
});

describe("isPartitionKey()", () => {
  it("takes columns alone", () => {
    for (const text of ["RANGE (at)", 'LIST ("a ""b""", c_1)', "HASH (id)"]) {
      expect(isPartitionKey(text), text).to.equal(true);
    }
    for (const text of [
      "",
      "RANGE (lower(at))",
      "RANGE ((1))",
      "RANGE (a) x",
      'LIST (a COLLATE "C")',
      'LIST (")',
    ]) {
      expect(isPartitionKey(text), text).to.equal(false);
    }
  });
});
