// The rule for the schema of a tenant: a name that needs no quotes, leaves room for what is put
// before and behind it within PostgreSQL's 63 bytes, and is nobody else's.

import { AdminError } from "./admin-error.ts";

const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,47}$/;
const RESERVED = new Set(["public", "rowhouse", "information_schema"]);

/**
 * Checks the name of a tenant's schema.
 * @throws {AdminError} with the name and the rule
 */
export function parseSchemaName(text: string): string {
  if (!SCHEMA_NAME.test(text)) {
    throw new AdminError(
      `Cannot use schema name ${JSON.stringify(text)}: it must be 1 to 48 of a-z, 0-9 and "_", not ` +
        "beginning with a digit; choose another",
    );
  }
  if (text.startsWith("pg_") || RESERVED.has(text)) {
    throw new AdminError(`Cannot use schema name "${text}": it is reserved; choose another`);
  }
  return text;
}
