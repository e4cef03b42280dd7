// node admin/migrate.js: migrates every tenant that is behind to the newest version.

import { parseCanary } from "./migrate/canary.ts";
import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import { summarise } from "./command/summary.ts";
import { formatCount } from "./print/count.ts";
import type { Call, Report } from "./command/verb.ts";
import {
  type MigrateOptions,
  migrateTenants,
  MIGRATION_PATIENCE,
  type MigrationSummary,
} from "./migrate/migrate-tenants.ts";
import { type MigrationPlan, planMigration } from "./migrate/plan.ts";
import {
  changesBetween,
  loadTenantMigrations,
  type TenantMigrations,
} from "./migrations/tenant-migrations.ts";
import type { Registry } from "./registry/registry.ts";
import { CONCURRENCY, defaultConcurrency } from "./batch/free-connections.ts";

await runVerb({
  name: "migrate",
  about:
    "Migrates every tenant that is behind to the newest version. Each migration runs in its own transaction. " +
    "A tenant that fails does not stop the others. A second run migrates the remaining tenants.",
  operands: [],
  options: {
    tenants: SHARED.tenants,
    to: {
      type: "string",
      value: "VERSION",
      about: "Target version, up or down; a migration down loses data",
    },
    canary: {
      type: "string",
      value: "N|P%",
      about: "Migrate only this many tenants, chosen at random",
    },
    plan: { type: "boolean", about: "Print the plan, and change nothing" },
    concurrency: SHARED.concurrency,
    "max-failures": SHARED["max-failures"],
    "lock-timeout": {
      type: "string",
      value: "MS",
      about: `Longest wait for a lock before the next attempt; ${MIGRATION_PATIENCE.lockTimeoutMs} when left out`,
    },
    attempts: {
      type: "string",
      value: "N",
      about: `Most attempts for a tenant that is locked; ${MIGRATION_PATIENCE.attempts} when left out`,
    },
  },
  example: "--canary 5% --max-failures 3",
  run(call) {
    const canary = call.text("canary");
    const options = {
      to: call.integer("to", 0, 9999),
      tenants: call.text("tenants"),
      canary: canary === undefined ? undefined : parseCanary(canary),
    };
    const limits = {
      concurrency: call.integer("concurrency", CONCURRENCY.min, CONCURRENCY.max),
      maxFailures: call.integer("max-failures", 1, 1_000_000) ?? Infinity,
      lockTimeoutMs: call.integer("lock-timeout", 1, 3_600_000) ?? MIGRATION_PATIENCE.lockTimeoutMs,
      attempts: call.integer("attempts", 1, 1000) ?? MIGRATION_PATIENCE.attempts,
    };
    return call.withRegistry(async (registry) => {
      const migrations = await loadTenantMigrations(registry);
      const plan = await planMigration(registry, migrations, options);
      if (call.has("plan")) return printPlan(call, migrations, plan);
      if (plan.tenants.length === 0) return reportNothing(plan);
      return migrate(call, registry, migrations, plan, limits);
    });
  },
});

type Limits = Pick<MigrateOptions, "maxFailures" | "lockTimeoutMs" | "attempts"> & {
  readonly concurrency: number | undefined;
};

async function migrate(
  call: Call,
  registry: Registry,
  migrations: TenantMigrations,
  plan: MigrationPlan,
  limits: Limits,
): Promise<Report> {
  const started = performance.now();
  for (const { schemaName, reason } of plan.skipped) {
    call.print(`Skipped ${schemaName}: ${reason}`, { schemaName, outcome: "skipped", reason });
  }
  const names = plan.tenants.map(({ schemaName }) => schemaName).join(",");
  if (call.has("canary")) call.print(`Canary: ${names}`, { canary: names });
  const meter = call.meter("tenants");
  meter.expect(plan.tenants.length);
  const summary = await migrateTenants(registry, migrations, plan, {
    ...limits,
    concurrency: limits.concurrency ?? (await defaultConcurrency(registry)),
    signal: call.interruption(),
    report(outcome) {
      const { schemaName, from, version, sqlstate, message } = outcome;
      const failed = outcome.outcome === "failed";
      const state = sqlstate === undefined ? "" : ` (SQLSTATE ${sqlstate})`;
      const at = from === version ? `at version ${from}` : `at version ${version}, from ${from}`;
      call.print(failed ? `Failed ${schemaName}, ${at}: ${message}${state}` : undefined, outcome);
      meter.add(1, failed ? 1 : 0);
    },
  });
  return report(plan, summary, (performance.now() - started) / 1000);
}

function report(plan: MigrationPlan, summary: MigrationSummary, seconds: number): Report {
  const { migrated, failed, elsewhere, gone, left } = summary;
  const advice =
    failed > 0
      ? [
          "Failed tenants keep their version: see node admin/status.js, correct the cause, run again",
        ]
      : left + plan.held > 0
        ? ["Run again to continue"]
        : [];
  return summarise({
    head: `Migrated ${formatCount(migrated, "tenant")} to version ${plan.target} in ${seconds.toFixed(1)} s`,
    counts: {
      failed,
      "migrated by another run": elsewhere,
      "dropped or moved meanwhile": gone,
      "not started": left,
      skipped: plan.skipped.length,
      "held back": plan.held,
    },
    done: migrated + elsewhere,
    undone: failed + left,
    advice,
    json: { target: plan.target, ...summary, skipped: plan.skipped.length, held: plan.held },
  });
}

function reportNothing({ target, skipped, held }: MigrationPlan): Report {
  const lines = skipped.map(({ schemaName, reason }) => `Skipped ${schemaName}: ${reason}`);
  lines.push(`Nothing to migrate: no tenant is behind version ${target}`);
  const none = { migrated: 0, failed: 0, elsewhere: 0, gone: 0, left: 0 };
  return { lines, json: { target, ...none, skipped: skipped.length, held } };
}

function printPlan(call: Call, migrations: TenantMigrations, plan: MigrationPlan): Report {
  for (const { schemaName, version } of plan.tenants) {
    const names = changesBetween(migrations, version, plan.target).map(
      ({ direction, migration }) => `${direction} ${migration.name}`,
    );
    call.print(`${schemaName}: ${version} to ${plan.target}: ${names.join(", ")}`, {
      schemaName,
      from: version,
      to: plan.target,
      migrations: names,
    });
  }
  for (const { schemaName, reason } of plan.skipped) {
    call.print(`${schemaName}: skipped: ${reason}`, { schemaName, outcome: "skipped", reason });
  }
  const { target, tenants, skipped, held } = plan;
  return {
    lines: [
      `Would migrate ${formatCount(tenants.length, "tenant")} to version ${target}` +
        `${held > 0 ? `, and hold ${held} back` : ""}; nothing was changed`,
    ],
    json: { target, planned: tenants.length, skipped: skipped.length, held },
  };
}
