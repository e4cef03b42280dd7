// A folder of modules, `NNNN-name.js`, as migrations.

import type { Migration, MigrationFolder } from "./folder/migration.ts";
import { type LoadedMigration, loadMigrations } from "./load.ts";
import type { TenantMigration } from "./tenant-migrations.ts";

/** Reads the modules of a folder. */
export async function readMigrationFolder(folder: string): Promise<MigrationFolder> {
  const modules = await loadMigrations<Partial<TenantMigration>>(folder);
  return { tool: "Rowhouse", migrations: modules.map(describe), notices: [] };
}

function describe({ name, module }: LoadedMigration<Partial<TenantMigration>>): Migration {
  const { up, down } = module;
  if (up === undefined) throw new Error(`Cannot load migrations: "${name}.js" does not export up`);
  return {
    name,
    file: `${name}.js`,
    checksum: undefined,
    isTransactional: true,
    leavesSessionState: false,
    up: { kind: "module", run: up },
    down: down === undefined ? undefined : { kind: "module", run: down },
  };
}
