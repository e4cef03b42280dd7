// The beginning of the next migration's name, in the form that a folder has.

import { compareNumbers } from "./number.ts";

const NUMBERED = /^(\d{1,20})(?!\d)([-_. ]?)/;
const MAX_DIGITS = 20;
/** A number of this many digits may be a time: a day, a minute, a second. */
const DATED = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-3]\d)(?:\d{4}|\d{6})?$/;

/**
 * Returns the number of the next migration, and the sign behind it: `0004-`, `20240102030405_`.
 * @param files names of the folder's files
 * @returns undefined when 20 digits do not suffice
 */
export function nextPrefix(files: readonly string[], now: Date): string | undefined {
  const found = files.flatMap((file) => {
    const [, digits, sign = ""] = NUMBERED.exec(file) ?? [];
    return digits === undefined ? [] : [{ digits, sign }];
  });
  const newest = found.toSorted((one, other) => compareNumbers(one.digits, other.digits)).at(-1);
  if (newest === undefined) return "0001-";
  const { digits, sign } = newest;
  const after = String(BigInt(digits) + 1n).padStart(digits.length, "0");
  const time = now.toISOString().replaceAll(/\D/g, "").slice(0, digits.length);
  const next = DATED.test(digits) && compareNumbers(time, digits) > 0 ? time : after;
  return next.length > MAX_DIGITS ? undefined : next + (sign === "" ? "-" : sign);
}
