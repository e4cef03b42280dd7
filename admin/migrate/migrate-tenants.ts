// Migrates all tenants of a plan, several at once. A tenant that fails does not stop the others. After a stop, a kill
// or failures, the next run finds only the remaining tenants.

import { randomUUID } from "node:crypto";
import { References } from "../inspect/reference/conformity.ts";
import { ReferenceFailure } from "../inspect/reference/reference.ts";
import { requireTrust } from "../inspect/reference/trust.ts";
import { changesBetween } from "../migrations/changes.ts";
import type { TenantMigrations } from "../migrations/ordered.ts";
import { maySkip } from "../migrations/commands/silence.ts";
import { BUILD_LIMITS, type BuildLimits } from "../migrations/commands/outside.ts";
import type { Registry } from "../registry/registry.ts";
import { forEachTenant, type RunOptions } from "../batch/for-each-tenant.ts";
import { migrateTenant, type TenantOutcome } from "./migrate-tenant.ts";
import type { MigrationRun, Traveller } from "./run.ts";
import type { MigrationPlan } from "./plan.ts";

/** The options of {@link migrateTenants}. */
export interface MigrateOptions
  extends RunOptions<TenantOutcome>, Pick<MigrationRun, "lockTimeoutMs" | "attempts"> {
  /** {@link BUILD_LIMITS} when left out. */
  readonly builds?: BuildLimits;
  /** False: the tenants are not compared with the reference. */
  readonly compares?: boolean;
}

export { MIGRATION_PATIENCE } from "./patience.ts";

/** How many tenants had each outcome; `left` were not started. */
export type MigrationSummary = Readonly<Record<TenantOutcome["outcome"] | "left", number>>;

/** What fails in a reference fails in the tenants, or in their comparison. */
function ignoreFailure(error: unknown): void {
  if (!(error instanceof ReferenceFailure)) throw error;
}

/**
 * Carries out a plan.
 * @throws {AdminError} when the reference that tenants are compared with cannot be trusted; nothing has changed then
 * @throws when the database cannot be reached any more; reported outcomes are final
 */
export async function migrateTenants(
  registry: Registry,
  migrations: TenantMigrations,
  plan: MigrationPlan,
  options: MigrateOptions,
): Promise<MigrationSummary> {
  const { target } = plan;
  const versions = [target, ...plan.tenants.map(({ version }) => version)];
  const mayDiffer = [...new Set(versions)].some((from) =>
    changesBetween(migrations, from, target).some((one) => maySkip(one.migration, one.direction)),
  );
  const references =
    options.compares === false || !mayDiffer
      ? undefined
      : new References(registry, migrations, versions);
  const run: MigrationRun = {
    ...{ registry, migrations, runId: randomUUID(), target, references },
    ...{ builds: BUILD_LIMITS, ...options },
  };
  const [first] = plan.tenants;
  // Made before the first tenant has anything that a migration could find in the place of the reference's own.
  if (first && references) {
    const from = Math.min(...plan.tenants.map(({ version }) => version));
    await references
      .find(target, first.schemaName)
      .then(() => requireTrust(registry, references, migrations, { from, to: target }))
      .catch(ignoreFailure);
  }
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
