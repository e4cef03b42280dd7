// Migrates tenants, and plans it.

import type { Registry } from "../registry/registry.ts";
import { concurrencyOf } from "./bulk.ts";
import type { MigrationFunctions } from "./contract/contract.ts";
import { withCodes } from "./failure.ts";
import type {
  MigrateOptions,
  MigrationChoice,
  MigrationOutcome,
  MigrationPlan,
  MigrationSummary,
} from "./contract/migration.ts";
import { type Controls, createRun } from "./run.ts";

/** Makes the functions. Each loads what it needs when it is called. */
export function migrationFunctions(registry: Registry): MigrationFunctions {
  return {
    planMigration: (choice = {}) =>
      withCodes(async () => plan(await find(registry, choice), choice)),
    migrate: (options = {}) =>
      createRun(options.signal, async (controls) =>
        migrate(await find(registry, options), options, controls),
      ),
  };
}

async function find(home: Registry, { database }: MigrationChoice): Promise<Registry> {
  const { findDatabase } = await import("../databases/find.ts");
  return findDatabase(home, database);
}

/** Reads the folder, and plans the run. */
async function prepare(registry: Registry, { to, ...choice }: MigrationChoice) {
  const { findVersion } = await import("../migrations/changes.ts");
  const { loadTenantMigrations } = await import("../migrations/ordered.ts");
  const { planMigration } = await import("../migrate/plan.ts");
  const migrations = await loadTenantMigrations(registry, allowanceOf(choice));
  const target = to === undefined ? undefined : findVersion(migrations, to);
  return { migrations, plan: await planMigration(registry, migrations, { ...choice, to: target }) };
}

function allowanceOf({ acceptEdited, allowLate }: MigrationChoice): {
  readonly edited: boolean;
  readonly late: boolean;
} {
  return { edited: acceptEdited === true, late: allowLate === true };
}

async function plan(registry: Registry, choice: MigrationChoice): Promise<MigrationPlan> {
  const { changesBetween, nameOf } = await import("../migrations/changes.ts");
  const { readSharedMigrations } = await import("../migrations/shared-migrations.ts");
  const shared = await readSharedMigrations(registry, allowanceOf(choice));
  const { migrations, plan: planned } = await prepare(registry, choice);
  const { tool, notices, ordered } = migrations;
  const { target, tenants, skipped, held } = planned;
  return {
    target,
    targetMigration: nameOf(migrations, target),
    tenants: tenants.map(({ schemaName, version }) => {
      const changes = changesBetween(migrations, version, target);
      const names = changes.map(({ direction, migration }) => `${direction} ${migration.name}`);
      return { schemaName, from: version, to: target, migrations: names };
    }),
    skipped,
    held,
    folder: {
      tool,
      migrations: ordered.length,
      withoutTransaction: ordered
        .filter(({ isTransactional }) => !isTransactional)
        .map(({ name, file }) => ({ name, file })),
      notices,
    },
    shared: shared && {
      tool: shared.tool,
      pending: shared.pending.map(({ name, isTransactional }) => ({ name, isTransactional })),
      notices: shared.notices,
    },
  };
}

async function migrate(
  registry: Registry,
  options: MigrateOptions,
  { signal, report }: Controls<MigrationOutcome>,
): Promise<MigrationSummary> {
  const { migrateShared } = await import("../migrate/migrate-shared.ts");
  const { migrateTenants, MIGRATION_PATIENCE } = await import("../migrate/migrate-tenants.ts");
  const { nameOf } = await import("../migrations/changes.ts");
  const { acceptEdited } = await import("../migrations/recorded.ts");
  const { readSharedMigrations } = await import("../migrations/shared-migrations.ts");
  const allowance = allowanceOf(options);
  // The tenants' migrations may need what the shared ones make.
  const shared = await readSharedMigrations(registry, allowance);
  if (shared) {
    await migrateShared(registry, shared, allowance, ({ outcome, name, file }) =>
      report({ outcome, of: "shared", name, file }),
    );
  }
  const { migrations, plan } = await prepare(registry, options);
  if (migrations.edited.length > 0) await acceptEdited(registry, migrations.edited);
  for (const { name, file } of migrations.edited) {
    report({ outcome: "accepted", of: "tenants", name, file });
  }
  for (const { schemaName, reason } of plan.skipped) {
    report({ outcome: "skipped", schemaName, reason });
  }
  const { target, tenants, skipped, held } = plan;
  const whole = { target, targetMigration: nameOf(migrations, target), held };
  if (tenants.length === 0) {
    const none = { migrated: 0, failed: 0, elsewhere: 0, gone: 0, left: 0 };
    return { ...none, ...whole, skipped: skipped.length };
  }
  options.onStart?.(tenants.map(({ schemaName }) => schemaName));
  const { lockTimeoutMs, attempts } = { ...MIGRATION_PATIENCE, ...defined(options) };
  const summary = await migrateTenants(registry, migrations, plan, {
    lockTimeoutMs,
    attempts,
    concurrency: await concurrencyOf(registry, options),
    maxFailures: options.maxFailures ?? Infinity,
    compares: options.compares !== false,
    ...(options.builds && { builds: options.builds }),
    signal,
    report: (outcome) => report({ ...outcome, newest: nameOf(migrations, outcome.version) }),
  });
  return { ...summary, ...whole, skipped: skipped.length };
}

function defined({ lockTimeoutMs, attempts }: MigrateOptions): {
  readonly lockTimeoutMs?: number;
  readonly attempts?: number;
} {
  return {
    ...(lockTimeoutMs !== undefined && { lockTimeoutMs }),
    ...(attempts !== undefined && { attempts }),
  };
}
