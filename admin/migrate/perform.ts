// Performs one migration of one tenant. It is one transaction, which also writes the version and the record of the run,
// and in which the tenant is compared with the reference when it has arrived. A migration that runs without a transaction
// comes before it.

import type { ClientBase } from "pg";
import { findNonconformities } from "../inspect/reference/conformity.ts";
import { applyMigration } from "../migrations/commands/apply.ts";
import type { Change } from "../migrations/changes.ts";
import { Nonconformity } from "../migrations/commands/failure.ts";
import { applyOutside } from "../migrations/commands/outside.ts";
import { recordMigrations } from "../migrations/recorded.ts";
import { setCatalogPath } from "../registry/connection/prepared.ts";
import { query } from "../registry/registry.ts";
import { grantNew } from "../registry/roles/tenant-grants.ts";
import { TenantBusy, tenantLockKey, withTenantAlone } from "../registry/tenants/lock.ts";
import type { MigrationRun, Traveller } from "./run.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** The error when a tenant does not have the version that the change starts from: another run migrated it. */
export class VersionMoved extends Error {}

/** The error when a tenant differs from the reference, and it is unknown whether it did so before. */
export class NeedsBaseline extends Error {}

/** What an earlier try of a migration without a transaction has done. */
interface Unfinished {
  readonly name: string;
  readonly checksum: string | null;
  readonly direction: string;
  readonly done: number;
}

interface State {
  readonly locked: boolean;
  readonly version: number | null;
  readonly role: string | null;
  /** Whether the registry has the migration's name at its position. */
  readonly isRecorded: boolean;
}

/**
 * Runs one migration of one tenant.
 * @throws {VersionMoved} when the tenant does not have the version that the change starts from
 * @throws {NeedsBaseline} when it must be known how the tenant differed before
 * @throws {TenantBusy} when another verb is changing the tenant
 * @throws {MigrationFailure} when a command fails, or the tenant differs from the reference afterwards
 */
export async function perform(run: MigrationRun, tenant: Traveller, change: Change): Promise<void> {
  const { registry, lockTimeoutMs, migrations, target } = run;
  const { schemaName } = tenant;
  const { migration, direction, from, to } = change;
  const { position, name, checksum = null, isTransactional } = migration;
  const started = performance.now();
  if (!isTransactional) await build(run, schemaName, change);
  await registry.withTransaction(async (transaction) => {
    const [state] = await query<State>(
      transaction,
      `select pg_try_advisory_xact_lock(${tenantLockKey("$1")}) as locked,
         (select version from rowhouse.tenant where schema_name = $1 and transition is null),
         (select role_name from rowhouse.tenant where schema_name = $1) as role,
         exists (select from rowhouse.tenant_migration as m where m.position = $3 and m.name = $4
           and (m.checksum is null or m.checksum = $5)) as "isRecorded",
         set_config('lock_timeout', $2, true)`,
      [schemaName, `${lockTimeoutMs}ms`, position, name, checksum],
    );
    if (!state?.locked) throw new TenantBusy();
    if (state.version !== from) throw new VersionMoved();
    const site = { registry, schemaName, sharedSchemas: migrations.sharedSchemas };
    if (isTransactional) await applyMigration(site, transaction, migration, direction);
    await grantNew(transaction, schemaName, state.role ?? "");
    if (to === target) await compare(run, transaction, tenant, change);
    if (direction === "up" && !state.isRecorded) await recordMigrations(transaction, [migration]);
    // The version was read before the lock was acquired, so it is compared again.
    const changed = await query(
      transaction,
      `with changed as (
         update rowhouse.tenant set version = $3, unfinished = null
           where schema_name = $1 and version = $2 and transition is null returning schema_name
       )
       insert into rowhouse.migration_run
         (run_id, schema_name, from_version, to_version, outcome, ms, migration, actor)
       select $4::uuid, schema_name, $2, $3, 'migrated', $5, $6, $7 from changed returning id`,
      [
        ...[schemaName, from, to, run.runId, Math.round(performance.now() - started), name],
        registry.actor,
      ],
    );
    if (changed.length === 0) throw new VersionMoved();
  });
}

/** Runs a migration without a transaction, from the command on that an earlier try has reached. */
async function build(run: MigrationRun, schemaName: string, change: Change): Promise<void> {
  const { registry, migrations, builds } = run;
  const { migration, direction, from } = change;
  const { name, checksum = null } = migration;
  await withTenantAlone(registry, schemaName, "migrate tenant", async (client) => {
    const [state] = await registry.withTransaction(async (transaction) => {
      const rows = await query<{ role: string; unfinished: Unfinished | null }>(
        transaction,
        `select role_name as role, unfinished from rowhouse.tenant
          where schema_name = $1 and version = $2 and transition is null`,
        [schemaName, from],
      );
      // The commands run in transactions of their own: default privileges give their objects the grants.
      for (const { role } of rows) await grantNew(transaction, schemaName, role);
      return rows;
    });
    if (state === undefined) throw new VersionMoved();
    const { unfinished } = state;
    const isSame =
      unfinished?.name === name &&
      unfinished.checksum === checksum &&
      unfinished.direction === direction;
    const record = async (on: ClientBase, done: number): Promise<void> => {
      const progress: Unfinished = { name, checksum, direction, done };
      await on.query(
        "update rowhouse.tenant set unfinished = $2 where schema_name = $1 and version = $3",
        [schemaName, JSON.stringify(progress), from],
      );
    };
    const done = isSame ? unfinished.done : 0;
    await record(client, done);
    const site = { registry, schemaName, sharedSchemas: migrations.sharedSchemas };
    const progress = { done, isRetry: unfinished !== null, record };
    await applyOutside(site, migration, direction, builds, progress);
  });
}

/** Compares a tenant with the reference of the version that it is about to have. Call it after grantNew(). */
async function compare(
  { references }: MigrationRun,
  transaction: Transaction,
  { schemaName, baseline, from }: Traveller,
  { migration, to }: Change,
): Promise<void> {
  if (references === undefined) return;
  const differences = await findNonconformities(transaction, references, { from, to }, schemaName);
  if (differences.length === 0) return;
  if (baseline === undefined) throw new NeedsBaseline();
  const news = differences.filter((difference) => !baseline.has(difference));
  if (news.length > 0) throw new Nonconformity(migration, schemaName, news);
}

/** Reads how a tenant differs from its version before the run changes it. */
export async function readBaseline(
  { registry, references, target }: MigrationRun,
  tenant: Traveller,
): Promise<void> {
  if (references === undefined) return;
  const { schemaName, from, version } = tenant;
  // Another run has migrated it: how it was before is not known any more.
  if (version !== from) {
    tenant.baseline = new Set();
    return;
  }
  const way = { from, to: target, at: from };
  const found = await registry.withTransaction(async (transaction) => {
    await setCatalogPath(transaction);
    return findNonconformities(transaction, references, way, schemaName);
  });
  tenant.baseline = new Set(found);
}
