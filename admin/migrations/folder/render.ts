// Writes a command for one tenant.

import { quoteName } from "../../../src/sql/quote-name.ts";
import type { SqlCommand } from "./migration.ts";

/**
 * Returns the text of a command for a tenant's schema.
 * @param schemaName the schema, unquoted
 */
export function renderCommand(command: SqlCommand, schemaName: string): string {
  return command.pieces.join(quoteName(schemaName));
}
