// Checks the name of a database for tenants.

import { AdminError } from "../../registry/admin-error.ts";

const MAX_NAME_BYTES = 63;
const TEMPLATES = new Set(["template0", "template1"]);

/**
 * Refuses the template databases, which PostgreSQL copies into every new one, and names that it would truncate.
 * https://www.postgresql.org/docs/current/manage-ag-templatedbs.html
 * @throws {AdminError} that names the database
 */
export function checkDatabaseName(name: string): void {
  if (TEMPLATES.has(name)) {
    throw new AdminError(
      `Cannot initialise database "${name}": every new database is a copy of it; ` +
        "give the URL of another database",
    );
  }
  const bytes = Buffer.byteLength(name);
  if (bytes > MAX_NAME_BYTES) {
    throw new AdminError(
      `Cannot initialise database "${name}": its name has ${bytes} bytes, but must have at most ${MAX_NAME_BYTES}`,
    );
  }
}
