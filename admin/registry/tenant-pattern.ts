// Selects tenants by a list of names and patterns, such as `a,b,shop_*`.

import { AdminError } from "./admin-error.ts";

/**
 * Picks the tenants of `all` that match a list of names and patterns; `*` stands for any characters.
 * @param list undefined picks all tenants
 * @throws {AdminError} that names every item which does not match a tenant
 */
export function pickTenants<T extends { readonly schemaName: string }>(
  all: readonly T[],
  list: string | undefined,
): readonly T[] {
  if (list === undefined) return all;
  const items = list.split(",").map((item) => item.trim());
  const names = new Set(items.filter((item) => !item.includes("*")));
  const patterns = items.filter((item) => item.includes("*")).map(parsePattern);
  const picked = all.filter(
    ({ schemaName }) =>
      names.has(schemaName) || patterns.some((pattern) => pattern.test(schemaName)),
  );
  const found = new Set(picked.map(({ schemaName }) => schemaName));
  const missing = items.filter((item) =>
    item.includes("*")
      ? !picked.some(({ schemaName }) => parsePattern(item).test(schemaName))
      : !found.has(item),
  );
  if (missing.length > 0) {
    throw new AdminError(
      `Cannot find tenants: nothing matches ${missing.map((item) => JSON.stringify(item)).join(", ")}; ` +
        "see node admin/list-tenants.js",
    );
  }
  return picked;
}

function parsePattern(item: string): RegExp {
  const parts = item.split("*").map((part) => part.replaceAll(/[^a-z0-9_]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
