// Renders a command for a tenant.

import { quoteName } from "../../../src/sql/quote-name.ts";
import type { SqlCommand } from "./migration.ts";

/** Returns the command's text for a tenant's schema. */
export function renderCommand({ pieces }: SqlCommand, schemaName: string): string {
  return pieces.join(quoteName(schemaName));
}
