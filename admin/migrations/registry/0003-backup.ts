// The path of the backup of a tenant that is being dropped, so that a second run of the drop does not write a backup
// of the remaining objects.

import type { RegistryMigration } from "../registry-migrations.ts";

/** Adds the column `backup` to `tenant`. */
export const up: RegistryMigration = async (sql) => {
  // Null: not decided yet. Empty: dropped without a backup. Otherwise the file's full path.
  await sql(`alter table rowhouse.tenant add column backup text`);
};
