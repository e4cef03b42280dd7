// node admin/migrate.js: migrates every tenant that is behind to the newest version.

import { parseCanary } from "./migrate/canary.ts";
import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import type { Call, Report } from "./command/verb.ts";
import { describeOutcome } from "./migrate/migrate-tenant.ts";
import {
  type MigrateOptions,
  migrateTenants,
  MIGRATION_PATIENCE,
} from "./migrate/migrate-tenants.ts";
import { type MigrationPlan, planMigration } from "./migrate/plan.ts";
import { describeVersion, findVersion } from "./migrations/changes.ts";
import { type TenantMigrations, loadTenantMigrations } from "./migrations/ordered.ts";
import { migrateShared, type SharedOutcome } from "./migrate/migrate-shared.ts";
import { printPlan, reportCheck, reportNothing, reportRun } from "./migrate/report.ts";
import { describeShared, printShared } from "./migrate/report-shared.ts";
import { BUILD_LIMITS } from "./migrations/outside.ts";
import { acceptEdited } from "./migrations/recorded.ts";
import { readSharedMigrations } from "./migrations/shared-migrations.ts";
import type { Registry } from "./registry/registry.ts";
import { CONCURRENCY, defaultConcurrency } from "./batch/free-connections.ts";

await runVerb({
  name: "migrate",
  about:
    "Applies the pending shared migrations, and then migrates every tenant that is behind to the newest version. " +
    "Each migration runs in its own transaction. " +
    "A tenant that fails does not stop the others. A second run migrates the remaining tenants.",
  operands: [],
  options: {
    tenants: SHARED.tenants,
    where: SHARED.where,
    to: {
      type: "string",
      value: "NAME",
      about:
        "Target migration by its name, or a version; the run may lead up or down, and a migration down loses data",
    },
    canary: {
      type: "string",
      value: "N|P%",
      about: "Migrate only this many tenants, chosen at random",
    },
    plan: { type: "boolean", about: "Print the plan, and change nothing" },
    check: {
      type: "boolean",
      about:
        "Change nothing, and end with status 3 when a tenant is behind or a shared migration is pending",
    },
    "accept-edited": {
      type: "boolean",
      about: "Accept SQL files as they are that were edited after tenants got them",
    },
    "allow-late": {
      type: "boolean",
      about: "Let migrations that come before applied ones in the folder's order come next",
    },
    concurrency: SHARED.concurrency,
    "max-failures": SHARED["max-failures"],
    "lock-timeout": {
      type: "string",
      value: "MS",
      about: `Longest wait for a lock before the next attempt; ${MIGRATION_PATIENCE.lockTimeoutMs} when left out`,
    },
    builds: {
      type: "string",
      value: "N",
      about: `Most migrations without a transaction that run at a time in the database; ${BUILD_LIMITS.atOnce} when left out`,
    },
    "build-timeout": {
      type: "string",
      value: "SECONDS",
      about: `Longest time of a command without a transaction; ${BUILD_LIMITS.timeoutMs / 1000} when left out`,
    },
    "no-drift": {
      type: "boolean",
      about: "Do not compare each tenant with what the migrations make in an empty schema",
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
    const to = call.text("to");
    const options = {
      tenants: call.text("tenants"),
      where: call.texts("where"),
      canary: canary === undefined ? undefined : parseCanary(canary),
    };
    const limits = {
      concurrency: call.integer("concurrency", CONCURRENCY.min, CONCURRENCY.max),
      maxFailures: call.integer("max-failures", 1, 1_000_000) ?? Infinity,
      lockTimeoutMs: call.integer("lock-timeout", 1, 3_600_000) ?? MIGRATION_PATIENCE.lockTimeoutMs,
      attempts: call.integer("attempts", 1, 1000) ?? MIGRATION_PATIENCE.attempts,
      builds: {
        atOnce: call.integer("builds", 1, 64) ?? BUILD_LIMITS.atOnce,
        timeoutMs:
          (call.integer("build-timeout", 1, 604_800) ?? BUILD_LIMITS.timeoutMs / 1000) * 1000,
      },
      compares: !call.has("no-drift"),
    };
    const allowance = { edited: call.has("accept-edited"), late: call.has("allow-late") };
    return call.withRegistry(async (registry) => {
      // The tenants' migrations may need what the shared ones make.
      const shared = await readSharedMigrations(registry, allowance);
      if (call.has("plan") && shared) printShared(call, shared);
      if (!call.has("plan") && !call.has("check") && shared) {
        const report = (done: SharedOutcome): void => call.print(describeShared(done), done);
        await migrateShared(registry, shared, allowance, report);
      }
      const migrations = await loadTenantMigrations(registry, allowance);
      const plan = await planMigration(registry, migrations, {
        ...options,
        to: to === undefined ? undefined : findVersion(migrations, to),
      });
      if (call.has("check")) return reportCheck(migrations, plan, shared);
      if (call.has("plan")) return printPlan(call, migrations, plan);
      if (migrations.edited.length > 0) await acceptEdited(registry, migrations.edited);
      for (const { file } of migrations.edited) {
        call.print(`Accepted ${file} as it is now`, { file, outcome: "accepted" });
      }
      if (plan.tenants.length === 0) return reportNothing(migrations, plan);
      return migrate(call, registry, migrations, plan, limits);
    });
  },
});

type Limits = Omit<MigrateOptions, "concurrency" | "signal" | "report"> & {
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
      const { schemaName, from, version, sqlstate } = outcome;
      const now = describeVersion(migrations, version);
      const failed = outcome.outcome === "failed";
      const state = sqlstate === undefined ? "" : ` (SQLSTATE ${sqlstate})`;
      const at = from === version ? `at version ${now}` : `at version ${now}, from ${from}`;
      call.print(
        failed ? `Failed ${schemaName}, ${at}: ${describeOutcome(outcome)}${state}` : undefined,
        outcome,
      );
      meter.add(1, failed ? 1 : 0);
    },
  });
  const seconds = (performance.now() - started) / 1000;
  return reportRun(migrations, plan, summary, seconds, limits.compares !== false);
}
