// Readers come from everywhere, most of them in a hurry: turns of phrase that cost a second reading stay out.

import { expect } from "chai";
import { listPages, prose } from "../support/pages/pages.ts";

const HARD =
  /\b(?:is|are|was) none\b|\b(?:is|are) no (?!longer|more)[a-z]+\b|\b(?:told|tells) of\b|\bto be had\b|\banew\b|\bwhoever\b|\b(?:some|no)body\b|\bis not to\b/gi;

describe("the English of", () => {
  for (const page of listPages()) {
    it(page.file, () => {
      expect(prose(page).match(HARD) ?? []).to.deep.equal([]);
    });
  }
});
