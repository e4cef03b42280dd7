// Reads which tenants lack which migrations.

import { planMigration } from "../../migrate/plan.ts";
import { nameOf, newestVersion } from "../../migrations/changes.ts";
import { loadTenantMigrations } from "../../migrations/ordered.ts";
import { readRows, type Registry } from "../../registry/registry.ts";
import type { Migrations, MigrationState } from "../api.ts";

const MOST_SHOWN = 200;

/**
 * Reads the pending migrations in two queries.
 * @param run the run in progress, otherwise the last one
 */
export async function readMigrations(
  registry: Registry,
  run: MigrationState | undefined,
): Promise<Migrations> {
  const migrations = await loadTenantMigrations(registry);
  const [plan, versions] = await Promise.all([
    planMigration(registry, migrations, {}),
    readRows<{ version: number; tenants: number }>(
      registry,
      "select version, count(*)::int as tenants from rowhouse.tenant group by version order by version",
    ),
  ]);
  const newest = newestVersion(migrations);
  const lacking = (number: number): number =>
    versions
      .filter(({ version }) => version < number)
      .reduce((sum, { tenants }) => sum + tenants, 0);
  return {
    newestVersion: newest,
    newestMigration: nameOf(migrations, newest),
    versions: versions.map(({ version, tenants }) => {
      return { version, tenants, migration: nameOf(migrations, version) };
    }),
    pending: migrations.ordered
      .map(({ position, name }) => ({ number: position, name, tenants: lacking(position) }))
      .filter(({ tenants }) => tenants > 0),
    behind: plan.tenants.length,
    tenants: plan.tenants.slice(0, MOST_SHOWN),
    skippedCount: plan.skipped.length,
    skipped: plan.skipped.slice(0, MOST_SHOWN),
    run: run ?? null,
  };
}
