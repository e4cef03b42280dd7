// The schemas that stand behind each tenant's own in the search_path: extensions and reference tables.

import type { RegistryMigration } from "../registry-migrations.ts";

/** Adds the column `shared_schemas` to `installation`. */
export const up: RegistryMigration = async (sql) => {
  await sql(
    `alter table rowhouse.installation add column shared_schemas text[] not null default '{}'`,
  );
};
