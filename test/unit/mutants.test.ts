// Each deliberate defect of `npm run mutants` can be made: its text stands in its file, and its tests exist. The
// defects themselves are made by that command, which takes minutes.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { MUTANTS } from "../mutants/mutants.ts";
import { ROOT } from "../support/pages/checkout.ts";

describe("MUTANTS", () => {
  for (const { defect, file, text, instead, tests } of MUTANTS) {
    it(`MUTANTS finds the place of "${defect}", and the tests that are to notice it`, () => {
      const source = readFileSync(join(ROOT, file), "utf8");
      expect(source.split(text), `"${text}" in ${file}`).to.have.length(2);
      expect(instead).not.to.equal(text);
      expect(tests).to.have.length.at.least(1);
      for (const test of tests) {
        expect(existsSync(join(ROOT, `test/${test}.test.ts`)), test).to.equal(true);
      }
    });
  }

  it("MUTANTS names each defect once", () => {
    const defects = MUTANTS.map(({ defect }) => defect);
    expect(new Set(defects).size).to.equal(defects.length);
  });
});
