// Where the backup of a tenant is that is being dropped, so that a drop which is run again makes none of what
// is left.

import type { RegistryMigration } from "../registry-migrations.ts";

/** Adds the column `backup` to `tenant`. */
export const up: RegistryMigration = async (sql) => {
  // Null: not decided yet. Empty: dropped without. Else the file's whole path.
  await sql(`alter table rowhouse.tenant add column backup text`);
};
