// The names of the tenants' migrations. Until now the registry knew numbers only, the first four digits of a module's
// name; a tenant's version becomes the position of a name.

import { AdminError } from "../../registry/admin-error.ts";
import type { NumberedFile, RegistryMigration } from "../registry-migrations.ts";

/** Creates `tenant_migration`, and takes over the versions of existing tenants. */
export const up: RegistryMigration = async (sql, readNumbered) => {
  // Position 0 is the empty schema.
  await sql(`
    create table rowhouse.tenant_migration (
      position integer primary key check (position >= 0),
      name text not null unique,
      checksum text check (checksum ~ '^[0-9a-f]{64}$')
    )`);
  await sql(`insert into rowhouse.tenant_migration (position, name) values (0, '')`);
  await sql(`alter table rowhouse.migration_run add column migration text`);
  // While a migration that runs without a transaction is unfinished: its name, its checksum and how many of its
  // commands are done.
  await sql(`alter table rowhouse.tenant add column unfinished jsonb`);
  const used = await sql<{ version: number }>(
    `select distinct version from rowhouse.tenant where version > 0 order by version`,
  );
  if (used.length > 0) {
    const files = await readNumbered();
    requireFiles(
      files,
      used.map(({ version }) => version),
    );
    await takeOver(sql, files, Math.max(...used.map(({ version }) => version)));
  }
  await sql(`
    alter table rowhouse.tenant add constraint tenant_version_fkey
      foreign key (version) references rowhouse.tenant_migration (position)`);
};

function requireFiles(files: readonly NumberedFile[], used: readonly number[]): void {
  const missing = used.find((version) => !files.some(({ number }) => number === version));
  if (missing === undefined) return;
  throw new AdminError(
    `Cannot initialise: tenants have version ${missing}, and the folder of the tenant migrations has no file of that ` +
      "number; set TENANT_MIGRATIONS to the folder that they were migrated with",
  );
}

async function takeOver(
  sql: Parameters<RegistryMigration>[0],
  files: readonly NumberedFile[],
  newest: number,
): Promise<void> {
  const had = files.filter(({ number }) => number <= newest);
  const text = JSON.stringify(
    had.map((file, index) => Object.assign({ position: index + 1 }, file)),
  );
  const known = `jsonb_to_recordset('${text.replaceAll("'", "''")}') as f (number int, name text, position int)`;
  await sql(
    `insert into rowhouse.tenant_migration (position, name) select f.position, f.name from ${known}`,
  );
  await sql(`
    update rowhouse.migration_run set migration = f.name from ${known}
     where f.number = greatest(from_version, to_version)`);
  // A run may name a number that the folder does not have any more: it keeps the number.
  for (const column of ["from_version", "to_version"]) {
    await sql(
      `update rowhouse.migration_run set ${column} = f.position from ${known} where f.number = ${column}`,
    );
  }
  await sql(
    `update rowhouse.tenant set version = f.position from ${known} where f.number = version`,
  );
}
