// The tenant migrations in the order in which every tenant gets them: first those that tenants have, as the registry
// recorded them, then the others of the folder in the folder's order. A folder that contradicts the registry is
// refused before anything happens.

import { commandFor } from "../program/form.ts";
import { AdminError } from "../registry/admin-error.ts";
import type { Registry } from "../registry/registry.ts";
import type { MigrationFolder, Notice, PlacedMigration } from "./folder/migration.ts";
import { readMigrationFolder } from "./folder/read-folder.ts";
import { findTenantMigrations } from "./load.ts";
import { isSame, readRecorded, type Recorded } from "./recorded.ts";

/** An application's tenant migrations. */
export interface TenantMigrations {
  /** The tool that wrote the folder, for people. */
  readonly tool: string;
  readonly notices: readonly Notice[];
  /** By position: the first has position 1. */
  readonly ordered: readonly PlacedMigration[];
  /** The migrations whose files were edited after they were applied, and accepted. */
  readonly edited: readonly PlacedMigration[];
  /** The schemas behind a tenant's in the search_path. */
  readonly sharedSchemas: readonly string[];
}

/** What a person allows. */
export interface Allowance {
  /** Files that were edited after they were applied. */
  readonly edited?: boolean | undefined;
  /** Migrations that come before applied ones in the folder's order; they get the next positions. */
  readonly late?: boolean | undefined;
}

/**
 * Loads the migrations that the registry was opened for.
 * @throws {AdminError} when the folder contradicts the registry, or TENANT_MIGRATIONS is not set in an installed
 *   package
 */
export async function loadTenantMigrations(
  registry: Registry,
  allowance: Allowance = {},
): Promise<TenantMigrations> {
  const { migrations, problems } = await examineTenantMigrations(registry, allowance);
  const [problem] = problems;
  if (problem !== undefined)
    throw new AdminError(`Cannot load tenant migrations: ${problem}`, {
      code: "migrations_invalid",
    });
  return migrations;
}

/** Reads the migrations that the registry was opened for, also where the folder contradicts the registry. */
export async function examineTenantMigrations(
  registry: Registry,
  allowance: Allowance = {},
): Promise<{ readonly migrations: TenantMigrations; readonly problems: readonly string[] }> {
  const place = findTenantMigrations(registry.tenantMigrations);
  const known = await readRecorded(registry);
  const folder = await readMigrationFolder(place, known);
  if (folder.migrations.some(({ up }) => up.kind === "module")) registry.loadModels();
  return {
    migrations: orderMigrations(folder, known),
    problems: findProblems(folder, known, place, allowance),
  };
}

/** Puts the migrations of a folder in order. */
export function orderMigrations(
  { tool, notices, migrations }: MigrationFolder,
  { recorded, sharedSchemas }: Recorded,
): TenantMigrations {
  const names = new Map(recorded.map((one) => [one.name, one]));
  const applied = recorded.flatMap(({ name }) => migrations.filter((one) => one.name === name));
  const pending = migrations.filter(({ name }) => !names.has(name));
  const ordered = [...applied, ...pending].map((one, index) =>
    Object.assign({ position: index + 1 }, one),
  );
  const edited = ordered.filter((one) => {
    const found = names.get(one.name);
    return found !== undefined && !isSame(one, found);
  });
  return { tool, notices, ordered, edited, sharedSchemas };
}

/**
 * Finds what a folder contradicts, each with its remedy.
 * @param place the folder, for people
 */
export function findProblems(
  { migrations }: MigrationFolder,
  { recorded, extensions }: Recorded,
  place: string,
  { edited = false, late = false }: Allowance,
): readonly string[] {
  const files = new Map(migrations.map((one, index) => [one.name, { ...one, index }]));
  const missing = recorded.filter(({ name }) => !files.has(name));
  const [first] = missing;
  if (first !== undefined) {
    const more = missing.length > 1 ? `, and ${missing.length - 1} more` : "";
    return [
      `the folder ${JSON.stringify(place)} does not have "${first.name}"${more}, which tenants of this database have; ` +
        "set TENANT_MIGRATIONS to the folder that they were migrated with",
    ];
  }
  const problems: string[] = [];
  let last = -1;
  for (const one of recorded) {
    const file = files.get(one.name);
    if (file === undefined) continue;
    last = Math.max(last, file.index);
    if (edited || isSame(file, one)) continue;
    problems.push(
      `${file.file} was edited after tenants got it; restore it and write another migration, or accept it as it is ` +
        `with ${commandFor("migrate")} --accept-edited`,
    );
  }
  const names = new Set(recorded.map(({ name }) => name));
  const newest = migrations[last]?.name;
  for (const [index, { name, file, up }] of migrations.entries()) {
    if (names.has(name)) continue;
    if (!late && index < last) {
      problems.push(
        `${file} comes before "${newest}", which tenants have already; rename it so that it comes last, or let it ` +
          `come next, for new tenants as for old ones, with ${commandFor("migrate")} --allow-late`,
      );
    }
    const commands = up.kind === "sql" ? up.commands : [];
    for (const { extension, line } of commands) {
      if (extension === undefined || extensions.includes(extension)) continue;
      problems.push(
        `${file}, line ${line}, creates extension "${extension}", which belongs to all tenants; create it once in a ` +
          `shared schema, and name that schema with ${commandFor("init-db")} --shared-schema SCHEMA`,
      );
    }
  }
  return problems;
}
