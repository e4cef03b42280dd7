// node admin/migrate.js: migrates every tenant that is behind to the newest version.

import { CONCURRENCY } from "./batch/free-connections.ts";
import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import type { Call, Report } from "./command/verb.ts";
import type { Admin } from "./library/contract/contract.ts";
import type { MigrateOptions } from "./library/contract/migration.ts";
import { withAdmin } from "./library/with-admin.ts";
import { parseCanary } from "./migrate/canary.ts";
import { reportEach } from "./report/each-database.ts";
import { MIGRATION_PATIENCE } from "./migrate/patience.ts";
import { BUILD_LIMITS } from "./migrations/commands/build-limits.ts";

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
    database: SHARED["only-database"],
    to: {
      type: "string",
      value: "NAME",
      about:
        "Target migration by its name, or a version; the run may lead up or down, and a migration down loses data",
    },
    canary: {
      type: "string",
      value: "N|P%",
      about: "Migrate only this many tenants of each database, chosen at random",
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
    const choice = {
      where: call.texts("where"),
      to: call.text("to"),
      canary: canary === undefined ? undefined : parseCanary(canary),
      acceptEdited: call.has("accept-edited"),
      allowLate: call.has("allow-late"),
    };
    const limits = {
      concurrency: call.integer("concurrency", CONCURRENCY.min, CONCURRENCY.max),
      maxFailures: call.integer("max-failures", 1, 1_000_000),
      lockTimeoutMs: call.integer("lock-timeout", 1, 3_600_000),
      attempts: call.integer("attempts", 1, 1000),
      builds: {
        atOnce: call.integer("builds", 1, 64) ?? BUILD_LIMITS.atOnce,
        timeoutMs:
          (call.integer("build-timeout", 1, 604_800) ?? BUILD_LIMITS.timeoutMs / 1000) * 1000,
      },
      compares: !call.has("no-drift"),
    };
    const scope = { only: call.text("database"), tenants: call.text("tenants") };
    return withAdmin(call, (admin) =>
      reportEach(call, admin, scope, async (marked, share) => {
        const { printPlan, reportCheck } = await import("./report/migration.ts");
        const wanted = { ...choice, ...share };
        if (call.has("check")) return reportCheck(await admin.planMigration(wanted));
        if (call.has("plan")) return printPlan(marked, await admin.planMigration(wanted));
        return migrate(marked, admin, { ...wanted, ...limits });
      }),
    );
  },
});

async function migrate(call: Call, admin: Admin, options: MigrateOptions): Promise<Report> {
  const { printOutcome, reportNothing, reportRun } = await import("./report/migration.ts");
  let started: number | undefined;
  const meter = call.meter("tenants");
  const run = admin.migrate({
    ...options,
    signal: call.interruption(),
    onStart(schemaNames) {
      started = performance.now();
      const names = schemaNames.join(",");
      if (options.canary) call.print(`Canary: ${names}`, { canary: names });
      meter.expect(schemaNames.length);
    },
  });
  for await (const outcome of run) {
    printOutcome(call, outcome);
    if ("ms" in outcome) meter.add(1, outcome.outcome === "failed" ? 1 : 0);
  }
  const summary = await run.finish();
  if (started === undefined) return reportNothing(summary);
  const seconds = (performance.now() - started) / 1000;
  return reportRun(summary, seconds, options.compares !== false);
}
