// The rule for a tenant's schema name: it does not need quotes, leaves room for a prefix and a suffix within
// PostgreSQL's 63 bytes, and is not reserved.

import { commandFor } from "../../program/form.ts";
import { AdminError } from "../admin-error.ts";

const MOST_SHOWN = 80;
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,47}$/;
const RESERVED = new Set(["public", "rowhouse", "information_schema"]);

/**
 * Checks the name of a tenant's schema.
 * @throws {AdminError} with the name and the rule
 */
export function parseSchemaName(text: string): string {
  if (!SCHEMA_NAME.test(text)) {
    const shown = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
    throw new AdminError(
      `Cannot use schema name ${JSON.stringify(shown)}: it must be 1 to 48 characters of a-z, 0-9 and "_", ` +
        `and not begin with a digit; ${text.includes(".") ? `for the tenant of a host see ${commandFor("list-tenants")}` : "choose another"}`,
      { code: "name_invalid" },
    );
  }
  if (text.startsWith("pg_") || RESERVED.has(text)) {
    throw new AdminError(`Cannot use schema name "${text}": it is reserved; choose another`, {
      code: "name_invalid",
    });
  }
  return text;
}
