// The tables of the pages are those of the benchmark's reports.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { PAGES, renew } from "../../bench/report/renew-pages.ts";
import { ROOT } from "../../support/pages/checkout.ts";

describe("renew()", () => {
  for (const page of PAGES) {
    it(`finds nothing to renew in ${page}`, async () => {
      const text = await readFile(join(ROOT, page), "utf8");
      expect(text).to.include("<!-- results: ");
      expect(await renew(text)).to.equal(text);
    });
  }
});
