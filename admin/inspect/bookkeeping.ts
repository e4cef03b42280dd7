// The tables of migration tools in a fingerprint. A tenant that another tool made has them beside its own tables, and
// Rowhouse's migrations never make them: they do not count as a difference.

import { BOOKKEEPING_TABLES } from "../migrations/bookkeeping.ts";
import type { Fingerprint } from "./fingerprint.ts";

/** A regular expression, for PostgreSQL and JavaScript: the owners of such objects in a fingerprint. */
export const BOOKKEEPING: string = `^(table|sequence) "(${BOOKKEEPING_TABLES.join("|")})(_[a-z]+_seq)?"$`;

const OWNER = new RegExp(BOOKKEEPING);

/** Returns the objects of a fingerprint that do not belong to a migration tool. */
export function withoutBookkeeping(objects: Fingerprint): Fingerprint {
  return objects.filter(({ owner }) => !OWNER.test(owner));
}
