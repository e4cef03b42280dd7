// The reports of the verb migrate: of a run, of its plan, and of a check.

import { commandFor } from "../program/form.ts";
import { summarise } from "../command/summary.ts";
import type { Call, Report } from "../command/verb.ts";
import type {
  MigrationOutcome,
  MigrationPlan,
  MigrationSummary,
} from "../library/contract/migration.ts";
import { describeOutcome } from "../migrate/migrate-tenant.ts";
import { formatCount } from "../print/count.ts";
import { printShared } from "./shared-migrations.ts";

const MOST_NAMES = 20;

/** Prints what a run did, or why it did nothing. A tenant that was migrated gets a line of JSON only. */
export function printOutcome(call: Call, outcome: MigrationOutcome): void {
  call.print(describe(outcome), outcome);
}

function describe(outcome: MigrationOutcome): string | undefined {
  switch (outcome.outcome) {
    case "applied":
      return `Applied shared migration "${outcome.name}"`;
    case "accepted":
      return `Accepted ${outcome.of === "shared" ? "shared migration " : ""}${outcome.file} as it is now`;
    case "skipped":
      return `Skipped ${outcome.schemaName}: ${outcome.reason}`;
    case "failed": {
      const { schemaName, from, version, newest, sqlstate } = outcome;
      const state = sqlstate === undefined ? "" : ` (SQLSTATE ${sqlstate})`;
      const at = `at version ${named(version, newest)}${from === version ? "" : `, from ${from}`}`;
      return `Failed ${schemaName}, ${at}: ${describeOutcome(outcome)}${state}`;
    }
    default:
      return undefined;
  }
}

/** Builds the report of a run. */
export function reportRun(summary: MigrationSummary, seconds: number, isCompared: boolean): Report {
  const { target, targetMigration, migrated, failed, elsewhere, gone, left } = summary;
  const advice =
    failed > 0
      ? [
          `Failed tenants keep their version: see ${commandFor("status")}, correct the cause, run again`,
        ]
      : left + summary.held > 0
        ? ["Run again to continue"]
        : [];
  return summarise({
    head: `Migrated ${formatCount(migrated, "tenant")} to version ${named(target, targetMigration)} in ${seconds.toFixed(1)} s`,
    counts: {
      failed,
      "migrated by another run": elsewhere,
      "dropped or moved meanwhile": gone,
      "not started": left,
      skipped: summary.skipped,
      "held back": summary.held,
    },
    done: migrated + elsewhere,
    undone: failed + left,
    advice: isCompared
      ? advice
      : [...advice, "The tenants were not compared with what the migrations make"],
    json: { ...summary, isCompared },
  });
}

/** Builds the report when no tenant is behind. */
export function reportNothing(summary: MigrationSummary): Report {
  const version = named(summary.target, summary.targetMigration);
  return { lines: [`Nothing to migrate: no tenant is behind version ${version}`], json: summary };
}

/**
 * Builds the report of a check: status 3 when a shared migration is pending, or a tenant is behind, also one that
 * cannot be migrated now.
 */
export function reportCheck(plan: MigrationPlan): Report {
  const { target, targetMigration, tenants, skipped, held, shared } = plan;
  const pending = shared?.pending.map(({ name }) => name) ?? [];
  const behind = [...tenants, ...skipped].map(({ schemaName }) => schemaName).toSorted();
  const count = behind.length + held;
  const version = named(target, targetMigration);
  const more = count > MOST_NAMES ? ", …" : "";
  return {
    lines: [
      ...(pending.length === 0 ? [] : [`Shared migrations pending: ${pending.join(", ")}`]),
      count === 0
        ? `No tenant is behind version ${version}`
        : `${formatCount(count, "tenant")} behind version ${version}: ${behind.slice(0, MOST_NAMES).join(", ")}${more}`,
    ],
    json: { target, targetMigration, behind: count, pending },
    status: count + pending.length === 0 ? 0 : 3,
  };
}

/** Prints what a run would do, and builds the report. */
export function printPlan(call: Call, plan: MigrationPlan): Report {
  const { target, targetMigration, tenants, skipped, held, shared } = plan;
  if (shared) printShared(call, shared);
  printFolder(call, plan.folder);
  for (const tenant of tenants) {
    const { schemaName, from, to, migrations } = tenant;
    call.print(`${schemaName}: ${from} to ${to}: ${migrations.join(", ")}`, tenant);
  }
  for (const { schemaName, reason } of skipped) {
    call.print(`${schemaName}: skipped: ${reason}`, { schemaName, outcome: "skipped", reason });
  }
  return {
    lines: [
      `Would migrate ${formatCount(tenants.length, "tenant")} to version ${named(target, targetMigration)}` +
        `${held > 0 ? `, and hold ${held} back` : ""}; nothing was changed`,
    ],
    json: { target, targetMigration, planned: tenants.length, skipped: skipped.length, held },
  };
}

/** Prints the tool, what its reader says of the folder, and what runs without a transaction. */
function printFolder(call: Call, folder: MigrationPlan["folder"]): void {
  const { tool, migrations, notices, withoutTransaction } = folder;
  const names = withoutTransaction.map(({ name }) => name);
  call.print(`${tool}, ${formatCount(migrations, "migration")}`, {
    tool,
    migrations,
    withoutTransaction: names,
  });
  for (const notice of notices) {
    const { file, line, text } = notice;
    call.print(`${file}, line ${line}: ${text}`, notice);
  }
  for (const { file } of withoutTransaction) {
    call.print(`${file}: runs without a transaction`, undefined);
  }
}

function named(version: number, name: string): string {
  return name === "" ? String(version) : `${version} (${name})`;
}
