// The tenants of all databases.

import { findTenant, type ListedTenant, listTenants } from "../lifecycle/listed.ts";
import type { Registry } from "../registry/registry.ts";
import type { TenantPage } from "../registry/tenants/state.ts";
import { databaseNames, findDatabase, isManyfold, locate } from "./find.ts";

/** A tenant, with the name of its database where there are several. */
export interface PlacedTenant extends ListedTenant {
  readonly database?: string;
}

/** Reads one tenant, wherever it is; undefined when it does not exist. */
export async function findAnywhere(
  home: Registry,
  schemaName: string,
): Promise<PlacedTenant | undefined> {
  const there = await locate(home, schemaName);
  const found = await findTenant(there, schemaName);
  return found && isManyfold(home) ? { ...found, database: there.database } : found;
}

/**
 * Reads the tenants of all databases, or a part of the list, in the order of the schema names. What moves have left
 * behind is not among them.
 * @param page with `database`, only the rows of that one, and all of them
 */
export async function listAll(
  home: Registry,
  { database, ...page }: TenantPage = {},
): Promise<readonly PlacedTenant[]> {
  if (!isManyfold(home)) return listTenants(await findDatabase(home, database), page);
  const isMerged = database === undefined;
  const lists = await Promise.all(
    (isMerged ? databaseNames(home) : [database]).map(async (name) => {
      const tenants = await listTenants(await findDatabase(home, name), page, isMerged);
      return tenants.map((tenant) => Object.assign(tenant, { database: name }));
    }),
  );
  return lists
    .flat()
    .toSorted((one, other) => (one.schemaName < other.schemaName ? -1 : 1))
    .slice(0, page.limit);
}
