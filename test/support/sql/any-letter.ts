// Any code point as a text, for the texts that property tests generate.

import fc from "fast-check";

/** One code point, also half of a pair. fast-check's own unit "binary" makes a table of all of them each time. */
export const anyLetter: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10ffff })
  .map((code) => String.fromCodePoint(code));
