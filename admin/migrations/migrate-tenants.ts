// All tenants of a plan, several at once. A failed one stops nobody but itself; a run that was stopped,
// killed or had failures is run again and finds only what is left.

import { randomUUID } from "node:crypto";
import type { Registry } from "../registry/registry.ts";
import { runQueue } from "../batch/queue.ts";
import { migrateTenant, type TenantOutcome, type Traveller } from "./migrate-tenant.ts";
import type { MigrationPlan } from "./plan.ts";
import type { TenantMigrations } from "./tenant-migrations.ts";

/** How a plan is to be carried out. */
export interface MigrateOptions {
  readonly concurrency: number;
  readonly lockTimeoutMs: number;
  readonly attempts: number;
  /** Begins no more tenants once so many have failed. */
  readonly maxFailures: number;
  /** Begins no more tenants once it is aborted; those at work end. */
  readonly signal?: AbortSignal;
  /** Called with each tenant's outcome, in the order in which they end. */
  readonly report: (outcome: TenantOutcome) => void;
}

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
  const counts = { migrated: 0, failed: 0, elsewhere: 0, gone: 0 };
  const enough = new AbortController();
  const { signal, maxFailures } = options;
  const travellers = plan.tenants.map(({ schemaName, version }): Traveller => {
    return { schemaName, from: version, version, attempt: 0, moved: false };
  });
  const left = await runQueue(
    travellers,
    options.concurrency,
    async (tenant) => {
      const outcome = await migrateTenant(run, tenant);
      if ("afterMs" in outcome) return outcome;
      counts[outcome.outcome] += 1;
      options.report(outcome);
      if (counts.failed >= maxFailures) enough.abort();
      return undefined;
    },
    AbortSignal.any(signal ? [signal, enough.signal] : [enough.signal]),
  );
  return { ...counts, left: left.length };
}
