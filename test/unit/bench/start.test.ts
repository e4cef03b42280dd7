// The start of verbs: the table and its bars.

import { expect } from "chai";
import { describeStarts } from "../../bench/start/table.ts";

describe("bench start", () => {
  it("describeStarts() holds the verb that takes most against the bars", () => {
    const verbs = {
      init: { help: 0.06 },
      log: { query: 0.2, help: 0.101 },
      migrate: { query: 0.251, help: 0.05 },
    };
    const { markdown, missed } = describeStarts([{ node: "20", empty: 0.03, verbs }], 3);
    expect(markdown).to.include("| init | – | 0.060 |\n| log | 0.200 | 0.101 |\n");
    expect(missed).to.deep.equal([
      "Node 20: the first query of `migrate`, the most of all verbs, s: 0.251, wanted at most 0.25",
      "Node 20: `--help` of `log`, the most of all verbs, s: 0.101, wanted at most 0.10",
    ]);
  });
});
