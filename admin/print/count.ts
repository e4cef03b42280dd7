// Formats counts with their noun.

/**
 * Formats a count, such as "1 tenant" or "1,204 tenants".
 * @param noun in the singular; its plural must end in "s"
 */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
