// Which tenants a verb is about: `a,b,shop_*`.

import { AdminError } from "./admin-error.ts";

/**
 * Picks from `all` what a list of names and patterns names; `*` stands for any characters.
 * @param list undefined picks everything
 * @throws {AdminError} that names every item which fits none
 */
export function pickTenants<T extends { readonly schemaName: string }>(
  all: readonly T[],
  list: string | undefined,
): readonly T[] {
  if (list === undefined) return all;
  const items = list.split(",").map((item) => item.trim());
  const fits = items.map((item) => {
    const parts = item.split("*").map((part) => part.replaceAll(/[^a-z0-9_]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`);
  });
  const missing = items.filter(
    (_, index) => !all.some(({ schemaName }) => fits[index]?.test(schemaName)),
  );
  if (missing.length > 0) {
    throw new AdminError(
      `Cannot find tenants: none fits ${missing.map((item) => JSON.stringify(item)).join(", ")}; ` +
        "see node admin/list-tenants.js",
    );
  }
  return all.filter(({ schemaName }) => fits.some((fit) => fit.test(schemaName)));
}
