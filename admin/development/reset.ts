// Removes the database of the demonstration, so that the next start makes it from nothing.

import { quoteName } from "../../src/sql/quote-name.ts";
import { readRows, withRegistry } from "../registry/registry.ts";

/**
 * Drops a database with its tenants' roles, and whatever is connected to it. Does nothing when it does not exist.
 * @param serverUrl of the server's database "postgres", with a superuser
 */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await withRegistry(serverUrl, async (registry) => {
    const [found] = await readRows<{ oid: string }>(
      registry,
      "select oid::text from pg_catalog.pg_database where datname = $1",
      [name],
    );
    if (found === undefined) return;
    await readRows(registry, `drop database ${quoteName(name)} with (force)`);
    const roles = await readRows<{ role: string }>(
      registry,
      "select rolname as role from pg_catalog.pg_roles where starts_with(rolname, $1)",
      [`rh_${found.oid}_`],
    );
    for (const { role } of roles) await readRows(registry, `drop role ${quoteName(role)}`);
  });
}
