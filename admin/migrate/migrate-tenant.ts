// Migrates one tenant. Each migration is one transaction, which also writes the version and the record of the run.
// If the process is killed, each migration has either happened completely or not at all.

import type { Again } from "../batch/queue.ts";
import { isPassing, retryAfter } from "../batch/retry.ts";
import { applyMigration } from "../migrations/apply.ts";
import { type Change, changesBetween } from "../migrations/changes.ts";
import { describePlace, type FailedCommand, MigrationFailure } from "../migrations/failure.ts";
import type { TenantMigrations } from "../migrations/ordered.ts";
import { recordMigrations } from "../migrations/recorded.ts";
import { databaseMessage, isConnectionLost, sqlState } from "../registry/database-code.ts";
import { query, readRows, type Registry, type Transition } from "../registry/registry.ts";
import { grantNew } from "../registry/tenant-grants.ts";
import { TenantBusy, tenantLockKey } from "../registry/tenant-lock.ts";

/** The parameters of one run of the migrations. */
export interface MigrationRun {
  readonly registry: Registry;
  readonly migrations: TenantMigrations;
  /** A UUID, to tell runs apart in `rowhouse.migration_run`. */
  readonly runId: string;
  readonly target: number;
  /** Longest wait of a statement for a lock; statements of other sessions queue behind it. */
  readonly lockTimeoutMs: number;
  /** Most attempts for a tenant that is locked or whose connection was lost. */
  readonly attempts: number;
}

/** A tenant during a run. */
export interface Traveller {
  readonly schemaName: string;
  /** Its version when the run was planned. */
  readonly from: number;
  /** Its current version, as far as this run knows. */
  version: number;
  /** Whether this run has changed it. */
  moved: boolean;
}

/** The outcome of one tenant. A failure names the migration, its file, the line and the command. */
export interface TenantOutcome extends Partial<FailedCommand> {
  readonly schemaName: string;
  /** `elsewhere`: another run migrated it. `gone`: it was dropped or moved after the run was planned. */
  readonly outcome: "migrated" | "failed" | "elsewhere" | "gone";
  readonly from: number;
  /** Its version now. */
  readonly version: number;
  readonly ms: number;
  /** Of a failure: the SQLSTATE, if the error came from PostgreSQL, and the message. */
  readonly sqlstate?: string | undefined;
  readonly message?: string | undefined;
}

/** The error when a tenant does not have the version that the change starts from: another run migrated it. */
class VersionMoved extends Error {}

/**
 * Migrates one tenant, or returns when to try again.
 * @param attempt 1 for the first attempt
 * @throws only when every attempt lost the connection to the database
 */
export async function migrateTenant(
  run: MigrationRun,
  tenant: Traveller,
  attempt: number,
): Promise<TenantOutcome | Again> {
  const started = performance.now();
  const end = (outcome: TenantOutcome["outcome"], failure = {}): TenantOutcome => ({
    schemaName: tenant.schemaName,
    outcome,
    from: tenant.from,
    version: tenant.version,
    ms: Math.round(performance.now() - started),
    ...failure,
  });
  for (let hasMoved = false; ;) {
    let current: Change | undefined;
    try {
      if (hasMoved) {
        const version = await findVersion(run.registry, tenant.schemaName);
        if (version === undefined) return end("gone");
        tenant.version = version;
      }
      for (const change of changesBetween(run.migrations, tenant.version, run.target)) {
        current = change;
        await perform(run, tenant.schemaName, change);
        tenant.version = change.to;
        tenant.moved = true;
      }
      return end(tenant.moved ? "migrated" : "elsewhere");
    } catch (error) {
      hasMoved = error instanceof VersionMoved;
      if (hasMoved) continue;
      const mayPass = error instanceof TenantBusy || isPassing(error);
      if (mayPass && attempt < run.attempts) return retryAfter(attempt);
      if (isConnectionLost(error)) throw error;
      const failure = describeFailure(error);
      const ms = Math.round(performance.now() - started);
      if (current) await recordFailure(run, tenant.schemaName, current, { ms, ...failure });
      return end("failed", failure);
    }
  }
}

interface Failure extends Partial<FailedCommand> {
  readonly sqlstate: string | undefined;
  readonly message: string;
}

function describeFailure(error: unknown): Failure {
  if (!(error instanceof MigrationFailure)) {
    return { sqlstate: sqlState(error), message: databaseMessage(error) };
  }
  return { ...error.where, sqlstate: error.code, message: error.reason };
}

/** Runs one migration of one schema in one transaction. */
async function perform(run: MigrationRun, schemaName: string, change: Change): Promise<void> {
  const { registry, lockTimeoutMs } = run;
  const { sequelize } = registry;
  const { sharedSchemas } = run.migrations;
  const { migration, direction, from, to } = change;
  const started = performance.now();
  await sequelize.transaction(async (transaction) => {
    const [state] = await query<{ locked: boolean; version: number | null; role: string | null }>(
      transaction,
      `select pg_try_advisory_xact_lock(${tenantLockKey("$1")}) as locked,
         (select version from rowhouse.tenant where schema_name = $1 and transition is null),
         (select role_name from rowhouse.tenant where schema_name = $1) as role,
         set_config('lock_timeout', $2, true)`,
      [schemaName, `${lockTimeoutMs}ms`],
    );
    if (!state?.locked) throw new TenantBusy();
    if (state.version !== from) throw new VersionMoved();
    const site = { registry, schemaName, sharedSchemas };
    await applyMigration(site, transaction, migration, direction);
    await grantNew(transaction, schemaName, state.role ?? "");
    if (direction === "up") await recordMigrations(transaction, [migration]);
    // The version was read before the lock was acquired, so it is compared again.
    const changed = await query(
      transaction,
      `with changed as (
         update rowhouse.tenant set version = $3
           where schema_name = $1 and version = $2 and transition is null returning schema_name
       )
       insert into rowhouse.migration_run
         (run_id, schema_name, from_version, to_version, outcome, ms, migration)
       select $4::uuid, schema_name, $2, $3, 'migrated', $5, $6 from changed returning id`,
      [schemaName, from, to, run.runId, Math.round(performance.now() - started), migration.name],
    );
    if (changed.length === 0) throw new VersionMoved();
  });
}

/** Writes why a tenant failed: the place in the migration's file, and the message. */
export function describeOutcome({
  file,
  line,
  command,
  message = "",
}: Partial<FailedCommand> & Pick<TenantOutcome, "message">): string {
  return file === undefined ? message : `${describePlace({ file, line, command })}: ${message}`;
}

async function findVersion(registry: Registry, schemaName: string): Promise<number | undefined> {
  const [row] = await readRows<{ version: number; transition: Transition | null }>(
    registry,
    "select version, transition from rowhouse.tenant where schema_name = $1",
    [schemaName],
  );
  return row?.transition === null ? row.version : undefined;
}

async function recordFailure(
  { registry, runId }: MigrationRun,
  schemaName: string,
  { from, to, migration }: Change,
  failure: Failure & { readonly ms: number },
): Promise<void> {
  await readRows(
    registry,
    `insert into rowhouse.migration_run
       (run_id, schema_name, from_version, to_version, outcome, ms, sqlstate, message, migration)
     values ($1, $2, $3, $4, 'failed', $5, $6, $7, $8)`,
    [
      ...[runId, schemaName, from, to, failure.ms, failure.sqlstate ?? null],
      ...[describeOutcome(failure), migration.name],
    ],
  );
}
