// The search_path of a tenant. A request, a migration, a copy and an operator's command all see this one path.

import { quoteName } from "../../src/sql/quote-name.ts";

/**
 * Returns the search_path of a tenant, as SQL that follows `set local search_path =`.
 * @param sharedSchemas the shared schemas in their order, as `readInstallation()` gives them
 * @example
 * tenantPath("acme", ["ext"]); // "acme", "ext", pg_temp
 */
export function tenantPath(schemaName: string, sharedSchemas: readonly string[]): string {
  // pg_temp is last, since PostgreSQL otherwise searches temporary tables first.
  return [...[schemaName, ...sharedSchemas].map(quoteName), "pg_temp"].join(", ");
}
