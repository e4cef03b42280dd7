// Numbers of things, as a person reads them.

/**
 * Such as "1 tenant" or "1,204 tenants".
 * @param noun in the singular, of a plural with "s"
 */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
