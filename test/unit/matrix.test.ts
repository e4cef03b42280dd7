// The pairs of versions have every version, and their part of the suite every promise that depends on one.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { PROMISES } from "../matrix/part.ts";
import { findPair, USUAL_PAIRS } from "../matrix/versions.ts";
import { ROOT } from "../support/pages/checkout.ts";
import { listFiles } from "../support/pages/pages.ts";

// The same with each pair, as test/matrix/README.md says.
const LEFT_OUT = ["browser", "console", "pages", "runtime", "unit"];

describe("the matrix", () => {
  it("findPair() finds the exact versions of each usual pair, and nothing for others", () => {
    for (const name of USUAL_PAIRS) expect(findPair(name)?.name).to.equal(name);
    for (const name of ["24", "18/24", "24/18 ", "toString/18"]) {
      expect(findPair(name), name).to.equal(undefined);
    }
  });

  it("has the pair of .ci/run", async () => {
    const script = await readFile(join(ROOT, ".ci/run"), "utf8");
    expect(USUAL_PAIRS).to.include(/matrix -- --only (\S+)/.exec(script)?.[1]);
  });

  it("PROMISES has every folder of tests but those that no version changes", () => {
    const folders = listFiles("test/*.test.ts").map((file) => file.split("/")[1] ?? "");
    const named = PROMISES.flatMap((glob) => /\{(.*)\}/.exec(glob)?.[1]?.split(",") ?? []);
    expect([...named, ...LEFT_OUT].toSorted()).to.deep.equal([...new Set(folders)].toSorted());
  });
});
