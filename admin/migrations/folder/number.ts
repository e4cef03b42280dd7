// The number of a migration. It is text: a number of 20 digits is no JavaScript number.

/** Compares two runs of digits by what they count. */
export function compareNumbers(one: string, other: string): number {
  const [a, b] = [withoutZeros(one), withoutZeros(other)];
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : Number(a > b);
}

/** A number as one text, whatever zeros it is written with. */
export function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, "");
}
