// The schemas that stand behind each tenant's own in the search_path, for extensions and reference tables, and the
// migrations of these.

import type { RegistryMigration } from "../registry-migrations.ts";

/** Adds the column `shared_schemas` to `installation`, and the table `shared_migration`. */
export const up: RegistryMigration = async (sql) => {
  await sql(
    `alter table rowhouse.installation add column shared_schemas text[] not null default '{}'`,
  );
  // The position is the order in which they were applied; a module does not have a checksum. One that runs without a
  // transaction has a number of commands that are done, and no time, until it is applied.
  await sql(`
    create table rowhouse.shared_migration (
      position integer primary key check (position > 0),
      name text not null unique,
      checksum text,
      applied_at timestamptz default now(),
      commands_done integer,
      check ((applied_at is null) = (commands_done is not null))
    )`);
};
