// The search_path of a tenant. A request, a migration, a copy and an operator's command all see this one path.

import type { ClientBase } from "pg";
import { quoteName } from "../../src/sql/quote-name.ts";

/**
 * Returns the search_path of a tenant, as SQL that follows `set local search_path =`.
 * @param sharedSchemas the shared schemas in their order, as `readInstallation()` gives them
 * @example
 * tenantPath("acme", ["ext"]); // "acme", "ext", pg_temp
 */
export function tenantPath(schemaName: string, sharedSchemas: readonly string[]): string {
  return quoteName(schemaName) + pathBehind(sharedSchemas);
}

/** Returns the part of the path that follows the tenant's own schema, with its leading comma. */
export function pathBehind(sharedSchemas: readonly string[]): string {
  // pg_temp is last, since PostgreSQL otherwise searches temporary tables first.
  return [...sharedSchemas.map(quoteName), "pg_temp"].map((name) => `, ${name}`).join("");
}

/** Sets the search_path of a client's transaction to that of a tenant of its database. */
export async function setTenantPath(client: ClientBase, schemaName: string): Promise<void> {
  const { rows } = await client.query<{ shared: string[] }>(
    "select shared_schemas as shared from rowhouse.installation",
  );
  await client.query(`set local search_path = ${tenantPath(schemaName, rows[0]?.shared ?? [])}`);
}
