// Versions by name: as an operator names one, and as a plan writes it.

import { loadTenantMigrations, type TenantMigrations } from "../migrations/tenant-migrations.ts";
import { AdminError } from "../registry/admin-error.ts";
import type { Registry } from "../registry/registry.ts";

/**
 * Finds the version with this name or number.
 * @returns undefined for undefined
 * @throws {AdminError} when no migration has it
 */
export async function findVersion(
  registry: Registry,
  text: string | undefined,
): Promise<number | undefined> {
  if (text === undefined) return undefined;
  const migrations = await loadTenantMigrations(registry);
  if (text === "0") return 0;
  const found = migrations.find(({ name, number }) => name === text || String(number) === text);
  if (found) return found.number;
  const names = migrations.map(({ name }) => name).join(", ");
  throw new AdminError(
    `Cannot adopt tenants: no migration is named ${JSON.stringify(text)}; existing: ${names || "none"}`,
  );
}

/** Writes a version with the name of its migration, such as `version 2 (0002-updated-at)`. */
export function describeVersion(version: number, migrations: TenantMigrations): string {
  const name = migrations.find(({ number }) => number === version)?.name;
  return name === undefined ? `version ${version}` : `version ${version} (${name})`;
}
