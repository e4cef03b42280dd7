// Every way of copying a tenant, and what each copy has.

import { join } from "node:path";
import { type Registry, withRegistry } from "../../../admin/registry/registry.ts";
import { dropTenant } from "../../../admin/drop/drop.ts";
import { createTenant } from "../../../admin/lifecycle/tenant.ts";
import { cloneTenant } from "../../../admin/transfer/clone-tenant.ts";
import { exportTenant } from "../../../admin/transfer/export-tenant.ts";
import { importTenant } from "../../../admin/transfer/import-tenant.ts";
import { moveTenant } from "../../../admin/transfer/move/move-tenant.ts";
import { makeMigrations } from "../sql/migrations.ts";
import type { TestDatabase } from "../database/database.ts";

/** A tenant, and what is asked of its copies. */
export interface CopyCase {
  readonly schemaName: string;
  /** The commands of its migrations, "@" for the schema's name and a dot. */
  readonly migrations: readonly (readonly string[])[];
  /** What is done to it afterwards. */
  readonly later: readonly string[];
}

/** Asks a tenant; "@" in the query is its schema's name and a dot. */
export type Ask = (query: string) => Promise<unknown>;

/** The tenant and its copies. */
export interface Copies {
  /** As it was before any copy. */
  readonly original: Ask;
  readonly clone: Ask;
  readonly imported: Ask;
  readonly moved: Ask;
  /** From a backup that a drop has proven. */
  readonly restored: Ask;
}

/**
 * Copies a tenant in every way: clones it, exports and imports it, moves it, drops a copy and imports the backup.
 * @param folder for archives
 */
export async function copyInEveryWay(
  source: TestDatabase,
  target: TestDatabase,
  folder: string,
  { schemaName, migrations, later }: CopyCase,
): Promise<Copies> {
  const made = await makeMigrations();
  const inSchema = (text: string, name: string): string => text.replaceAll("@", `${name}.`);
  const within = <T>(
    { adminUrl }: TestDatabase,
    work: (registry: Registry) => Promise<T>,
  ): Promise<T> => withRegistry(adminUrl, work, made.folder);
  const asks =
    (database: TestDatabase, name: string): Ask =>
    (query) =>
      database.sql(inSchema(query, name));
  const [file, backup] = [`${schemaName}.zip`, `${schemaName}-backup.zip`].map((name) =>
    join(folder, name),
  ) as [string, string];
  try {
    for (const [index, commands] of migrations.entries()) {
      const up = commands.map((command) => inSchema(command, '"${schema}"'));
      await made.write(`${String(index + 1).padStart(4, "0")}-part`, up);
    }
    const named = (way: string): { schemaName: string; hosts: string[] } => {
      return { schemaName: `${schemaName}_${way}`, hosts: [`${schemaName}-${way}.test`] };
    };
    await within(source, (registry) => createTenant(registry, schemaName, [`${schemaName}.test`]));
    await source.sql(...later.map((command) => inSchema(command, schemaName)));
    await within(source, async (registry) => {
      await cloneTenant(registry, schemaName, named("clone"));
      await cloneTenant(registry, schemaName, named("dropped"));
      await exportTenant(registry, schemaName, file);
      const { signal } = new AbortController();
      await dropTenant(registry, `${schemaName}_dropped`, { backup, signal });
      await importTenant(registry, backup, named("restored"));
      await within(target, async (to) => {
        await importTenant(to, file, named("imported"));
        // What stays behind is as it was.
        await moveTenant(registry, to, schemaName, { waitMs: 10_000 });
      });
    });
    return {
      original: asks(source, schemaName),
      clone: asks(source, `${schemaName}_clone`),
      imported: asks(target, `${schemaName}_imported`),
      moved: asks(target, schemaName),
      restored: asks(source, `${schemaName}_restored`),
    };
  } finally {
    await made.remove();
  }
}
