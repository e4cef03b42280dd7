// The versions that tenants can have. A folder of migrations that other verbs refuse does not hide the tenants: the
// registry recorded the names of the migrations that they have.

import { examineTenantMigrations, type TenantMigrations } from "../../migrations/ordered.ts";
import { readRecorded } from "../../migrations/recorded.ts";
import { AdminError } from "../../registry/admin-error.ts";
import type { Registry } from "../../registry/registry.ts";

/** The migrations by position, as far as they are known. */
export type KnownVersions =
  | {
      readonly ordered: TenantMigrations["ordered"];
      readonly problem: null;
      readonly migrations: TenantMigrations;
    }
  | { readonly ordered: readonly { readonly name: string }[]; readonly problem: string };

/**
 * Reads the folder, and without a usable folder the registry's records.
 * @returns in `problem`, why the folder is not usable
 */
export async function readKnownVersions(registry: Registry): Promise<KnownVersions> {
  const found = await examineTenantMigrations(registry).catch((error: unknown) => {
    if (error instanceof AdminError) return { problems: [error.message] };
    throw error;
  });
  const [problem] = found.problems;
  if (problem === undefined && "migrations" in found) {
    const { migrations } = found;
    return { ordered: migrations.ordered, problem: null, migrations };
  }
  const { recorded } = await readRecorded(registry);
  const text = problem?.startsWith("Cannot ")
    ? problem
    : `Cannot load tenant migrations: ${problem}`;
  return { ordered: recorded, problem: text };
}
