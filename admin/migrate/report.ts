// The reports of the verb migrate: of a run, of its plan, and of a check.

import { commandFor } from "../program/form.ts";
import { summarise } from "../command/summary.ts";
import type { Call, Report } from "../command/verb.ts";
import { changesBetween, describeVersion, nameOf } from "../migrations/changes.ts";
import type { TenantMigrations } from "../migrations/ordered.ts";
import type { SharedMigrations } from "../migrations/shared-migrations.ts";
import { formatCount } from "../print/count.ts";
import type { MigrationSummary } from "./migrate-tenants.ts";
import type { MigrationPlan } from "./plan.ts";

const MOST_NAMES = 20;

/** Builds the report of a run. */
export function reportRun(
  migrations: TenantMigrations,
  plan: MigrationPlan,
  summary: MigrationSummary,
  seconds: number,
  isCompared: boolean,
): Report {
  const targetMigration = nameOf(migrations, plan.target);
  const { migrated, failed, elsewhere, gone, left } = summary;
  const advice =
    failed > 0
      ? [
          `Failed tenants keep their version: see ${commandFor("status")}, correct the cause, run again`,
        ]
      : left + plan.held > 0
        ? ["Run again to continue"]
        : [];
  return summarise({
    head: `Migrated ${formatCount(migrated, "tenant")} to version ${describeVersion(migrations, plan.target)} in ${seconds.toFixed(1)} s`,
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
    advice: isCompared
      ? advice
      : [...advice, "The tenants were not compared with what the migrations make"],
    json: {
      target: plan.target,
      isCompared,
      targetMigration,
      ...summary,
      skipped: plan.skipped.length,
      held: plan.held,
    },
  });
}

/** Builds the report when no tenant is behind. */
export function reportNothing(
  migrations: TenantMigrations,
  { target, skipped, held }: MigrationPlan,
): Report {
  const targetMigration = nameOf(migrations, target);
  const lines = skipped.map(({ schemaName, reason }) => `Skipped ${schemaName}: ${reason}`);
  lines.push(
    `Nothing to migrate: no tenant is behind version ${describeVersion(migrations, target)}`,
  );
  const none = { migrated: 0, failed: 0, elsewhere: 0, gone: 0, left: 0 };
  return { lines, json: { target, targetMigration, ...none, skipped: skipped.length, held } };
}

/**
 * Builds the report of a check: status 3 when a shared migration is pending, or a tenant is behind, also one that
 * cannot be migrated now.
 */
export function reportCheck(
  migrations: TenantMigrations,
  { target, tenants, skipped, held }: MigrationPlan,
  shared: SharedMigrations | undefined,
): Report {
  const pending = shared?.pending.map(({ name }) => name) ?? [];
  const behind = [...tenants, ...skipped].map(({ schemaName }) => schemaName).toSorted();
  const count = behind.length + held;
  const version = describeVersion(migrations, target);
  const more = count > MOST_NAMES ? ", …" : "";
  return {
    lines: [
      ...(pending.length === 0 ? [] : [`Shared migrations pending: ${pending.join(", ")}`]),
      count === 0
        ? `No tenant is behind version ${version}`
        : `${formatCount(count, "tenant")} behind version ${version}: ${behind.slice(0, MOST_NAMES).join(", ")}${more}`,
    ],
    json: { target, targetMigration: nameOf(migrations, target), behind: count, pending },
    status: count + pending.length === 0 ? 0 : 3,
  };
}

/** Prints what a run would do, and builds the report. */
export function printPlan(call: Call, migrations: TenantMigrations, plan: MigrationPlan): Report {
  printFolder(call, migrations);
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
  const targetMigration = nameOf(migrations, target);
  return {
    lines: [
      `Would migrate ${formatCount(tenants.length, "tenant")} to version ${describeVersion(migrations, target)}` +
        `${held > 0 ? `, and hold ${held} back` : ""}; nothing was changed`,
    ],
    json: { target, targetMigration, planned: tenants.length, skipped: skipped.length, held },
  };
}

/** Prints the tool, what its reader says of the folder, and what runs without a transaction. */
function printFolder(call: Call, { tool, notices, ordered }: TenantMigrations): void {
  const outside = ordered.filter(({ isTransactional }) => !isTransactional);
  call.print(`${tool}, ${formatCount(ordered.length, "migration")}`, {
    tool,
    migrations: ordered.length,
    withoutTransaction: outside.map(({ name }) => name),
  });
  for (const notice of notices) {
    const { file, line, text } = notice;
    call.print(`${file}, line ${line}: ${text}`, notice);
  }
  for (const { file } of outside) call.print(`${file}: runs without a transaction`, undefined);
}
