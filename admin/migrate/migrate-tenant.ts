// Migrates one tenant, a migration at a time. If the process is killed, each migration has either happened completely or
// not at all, or is one without a transaction that the next run goes on with.

import type { Again } from "../batch/queue.ts";
import { isCrowded, isPassing, retryAfter } from "../batch/retry.ts";
import { type Change, changesBetween, nameOf } from "../migrations/changes.ts";
import {
  describePlace,
  type FailedCommand,
  MigrationFailure,
} from "../migrations/commands/failure.ts";
import { otherRun } from "../migrations/recorded.ts";
import type { AdminErrorCode } from "../registry/admin-error.ts";
import {
  adminCode,
  databaseMessage,
  isConnectionLost,
  sqlState,
} from "../registry/database-code.ts";
import { readRows, type Transition } from "../registry/registry.ts";
import { TenantBusy, TenantTaken } from "../registry/tenants/lock.ts";
import type { MigrationRun, Traveller } from "./run.ts";
import { NeedsBaseline, perform, readBaseline, VersionMoved } from "./perform.ts";

/** The outcome of one tenant. A failure names the migration, its file, the line and the command. */
export interface TenantOutcome extends Partial<FailedCommand> {
  readonly schemaName: string;
  /** `elsewhere`: another run migrated it. `gone`: it was dropped or moved after the run was planned. */
  readonly outcome: "migrated" | "failed" | "elsewhere" | "gone";
  readonly from: number;
  /** Its version now. */
  readonly version: number;
  readonly ms: number;
  /** Of a failure: its code, the SQLSTATE, if the error came from PostgreSQL, and the message. */
  readonly code?: AdminErrorCode;
  readonly sqlstate?: string | undefined;
  readonly message?: string | undefined;
}

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
  // Before a transaction holds a lock that the reference needs; what fails in it fails in the comparison again.
  await run.references?.find(run.target, tenant.schemaName).catch(() => {});
  for (let hasMoved = false; ;) {
    let current: Change | undefined;
    try {
      if (hasMoved) {
        const version = await findVersion(run, tenant.schemaName);
        if (version === undefined) return end("gone");
        tenant.version = version;
      }
      const changes = changesBetween(run.migrations, tenant.version, run.target);
      if (changes.length > 1 && !tenant.moved) await readBaseline(run, tenant);
      for (const change of changes) {
        current = change;
        await perform(run, tenant, change);
        tenant.version = change.to;
        tenant.moved = true;
      }
      return end(tenant.moved ? "migrated" : "elsewhere");
    } catch (error) {
      hasMoved = error instanceof VersionMoved;
      if (hasMoved) continue;
      if (error instanceof NeedsBaseline) {
        await readBaseline(run, tenant);
        continue;
      }
      const isTaken = error instanceof TenantBusy || error instanceof TenantTaken;
      const mayPass = isTaken || isPassing(error) || isCrowded(error, attempt);
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
  readonly code: AdminErrorCode;
  readonly sqlstate: string | undefined;
  readonly message: string;
}

function describeFailure(error: unknown): Failure {
  const code = adminCode(error);
  if (!(error instanceof MigrationFailure)) {
    return { code, sqlstate: sqlState(error), message: databaseMessage(error) };
  }
  return { ...error.where, code, sqlstate: error.sqlstate, message: error.reason };
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

/**
 * Reads the version of a tenant that another run has migrated; undefined when it is gone.
 * @throws {AdminError} when that run had another folder
 */
async function findVersion(
  { registry, migrations }: MigrationRun,
  schemaName: string,
): Promise<number | undefined> {
  const [row] = await readRows<{ version: number; name: string; transition: Transition | null }>(
    registry,
    `select version, name, transition from rowhouse.tenant
       join rowhouse.tenant_migration on position = version where schema_name = $1`,
    [schemaName],
  );
  if (row === undefined || row.transition !== null) return undefined;
  const { version, name } = row;
  if (name !== nameOf(migrations, version)) throw otherRun({ name, position: version });
  return version;
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
       (run_id, schema_name, from_version, to_version, outcome, ms, sqlstate, message, migration, actor)
     values ($1, $2, $3, $4, 'failed', $5, $6, $7, $8, $9)`,
    [
      ...[runId, schemaName, from, to, failure.ms, failure.sqlstate ?? null],
      ...[describeOutcome(failure), migration.name, registry.actor],
    ],
  );
}
