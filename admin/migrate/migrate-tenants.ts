// Migrates all tenants of a plan, several at once. A tenant that fails does not stop the others. After a stop, a kill
// or failures, the next run finds only the remaining tenants.

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
import type { TenantMigrations } from "../migrations/ordered.ts";

/** The options of {@link migrateTenants}. */
export interface MigrateOptions
  extends RunOptions<TenantOutcome>, Pick<MigrationRun, "lockTimeoutMs" | "attempts"> {}

/** The default lock timeout and number of attempts. */
export const MIGRATION_PATIENCE: Pick<MigrateOptions, "lockTimeoutMs" | "attempts"> = {
  lockTimeoutMs: 1000,
  attempts: 12,
};

/** How many tenants had each outcome; `left` were not started. */
export type MigrationSummary = Readonly<Record<TenantOutcome["outcome"] | "left", number>>;

/**
 * Carries out a plan.
 * @throws when the database cannot be reached any more; reported outcomes are final
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
