// All tenants of a plan, several at once. A failed one stops nobody but itself; a run that was stopped,
// killed or had failures is run again and finds only what is left.

import { randomUUID } from "node:crypto";
import type { Registry } from "../registry/registry.ts";
import { forEachTenant, type RunOptions } from "../batch/for-each-tenant.ts";
import {
  migrateTenant,
  type MigrationRun,
  type TenantOutcome,
  type Traveller,
} from "./migrate-tenant.ts";
import type { MigrationPlan } from "./plan.ts";
import type { TenantMigrations } from "./tenant-migrations.ts";

/** How a plan is to be carried out. */
export interface MigrateOptions
  extends RunOptions<TenantOutcome>, Pick<MigrationRun, "lockTimeoutMs" | "attempts"> {}

/** How long a migration waits for a lock, and how often a tenant is tried, where nobody says. */
export const MIGRATION_PATIENCE: Pick<MigrateOptions, "lockTimeoutMs" | "attempts"> = {
  lockTimeoutMs: 1000,
  attempts: 12,
};

/** How many tenants had each outcome; `left` were not begun. */
export type MigrationSummary = Readonly<Record<TenantOutcome["outcome"] | "left", number>>;

/**
 * Carries out a plan.
 * @throws when the database is not to be reached any more; what was reported has happened
 */
export async function migrateTenants(
  registry: Registry,
  migrations: TenantMigrations,
  plan: MigrationPlan,
  options: MigrateOptions,
): Promise<MigrationSummary> {
  const run = { registry, migrations, runId: randomUUID(), target: plan.target, ...options };
  const none = { migrated: 0, failed: 0, elsewhere: 0, gone: 0 };
  const travellers = plan.tenants.map(({ schemaName, version }): Traveller => {
    return { schemaName, from: version, version, moved: false };
  });
  const { counts, left } = await forEachTenant(
    travellers,
    none,
    options,
    async (tenant, { attempt, end }) => {
      const outcome = await migrateTenant(run, tenant, attempt);
      return "afterMs" in outcome ? outcome : end(outcome);
    },
  );
  return { ...counts, left: left.length };
}
