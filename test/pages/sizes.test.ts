// A page is read: the front page in one screen or two, every other in one sitting.

import { expect } from "chai";
import { FRONT_PAGE, listPages } from "../support/pages/pages.ts";

const FRONT_BYTES = 10 * 1024;
const FRONT_LINES = 200;
const PAGE_BYTES = 16 * 1024;

describe("the size of", () => {
  for (const { file, text } of listPages()) {
    it(file, () => {
      const front = file === FRONT_PAGE;
      expect(Buffer.byteLength(text)).to.be.at.most(front ? FRONT_BYTES : PAGE_BYTES);
      if (front) expect(text.split("\n").length - 1).to.be.at.most(FRONT_LINES);
    });
  }
});
