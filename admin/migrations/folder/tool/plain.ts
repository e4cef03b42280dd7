// SQL without sections: golang-migrate, sqlx and plain files. Down stands in a file of its own, or nowhere.

import { wholeOf } from "../draft.ts";
import type { ReadSections } from "./sections.ts";

/** Reads a file that is all up. */
export const readPlain: ReadSections = (source) => {
  return { up: wholeOf(source), down: undefined, isMarked: false };
};
