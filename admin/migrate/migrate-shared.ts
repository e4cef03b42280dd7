// Applies the pending shared migrations, one after the other, in one process at a time. Each is one transaction with its
// record and the privileges of what it made: tenants never see something that they could write to, or should not execute.

import type { ClientBase } from "pg";
import { transact } from "../batch/transact.ts";
import { type EventDetails, type NewEvent, queryWithEvent } from "../events/event.ts";
import { applyMigration, type Site } from "../migrations/commands/apply.ts";
import { describePlace, MigrationFailure } from "../migrations/commands/failure.ts";
import type { Allowance } from "../migrations/ordered.ts";
import type { PlacedMigration } from "../migrations/folder/migration.ts";
import { dropInvalidIndexes } from "../migrations/commands/invalid-indexes.ts";
import { applyOutside, BUILD_LIMITS } from "../migrations/commands/outside.ts";
import {
  type PendingMigration,
  readSharedMigrations,
  type SharedMigrations,
} from "../migrations/shared-migrations.ts";
import { AdminError } from "../registry/admin-error.ts";
import { withClient } from "../registry/connection/client.ts";
import { closeFunctions } from "../registry/roles/closed-functions.ts";
import { readInstallation } from "../registry/installation.ts";
import { query, type Registry } from "../registry/registry.ts";
import { readAdminRole } from "../registry/roles/service-role.ts";
import { openSharedSchemas } from "../shared/open.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

const LOCK = "hashtext('rowhouse'), hashtext('shared-migrations')";

/** What the run has done, in the order in which it did it. */
export interface SharedOutcome {
  readonly outcome: "accepted" | "applied";
  readonly name: string;
  readonly file: string;
}

/**
 * Applies them. Waits while another process does.
 * @param before what was pending before this process waited
 * @param report called after each
 * @throws {AdminError} when the folder contradicts the records, or a migration fails: those before it stay
 */
export async function migrateShared(
  registry: Registry,
  before: SharedMigrations,
  allowance: Allowance,
  report: (outcome: SharedOutcome) => void,
): Promise<void> {
  if (before.pending.length + before.edited.length === 0) return;
  await withClient(registry, async (client) => {
    await client.query(`select pg_advisory_lock(${LOCK})`);
    // Another process may have applied some meanwhile.
    const shared = await readSharedMigrations(registry, allowance);
    for (const migration of shared?.edited ?? []) {
      await transact(registry, (transaction) => accept(registry, transaction, migration));
      report({ outcome: "accepted", name: migration.name, file: migration.file });
    }
    for (const migration of shared?.pending ?? []) {
      await apply(registry, migration, shared?.sharedSchemas ?? []);
      report({ outcome: "applied", name: migration.name, file: migration.file });
    }
  });
}

async function apply(
  registry: Registry,
  migration: PendingMigration,
  sharedSchemas: SharedMigrations["sharedSchemas"],
): Promise<void> {
  const [schemaName = "", ...others] = sharedSchemas;
  const site: Site = { registry, schemaName, sharedSchemas: others };
  try {
    if (!migration.isTransactional) await applyAlone(site, migration);
    await transact(registry, async (transaction) => {
      if (migration.isTransactional) {
        // A connection that was lost at the commit leaves open whether the first attempt succeeded.
        if (await isApplied(transaction, migration)) return;
        await applyMigration(site, transaction, migration, "up");
      }
      await openSharedSchemas(transaction, sharedSchemas);
      const { serviceRole } = await readInstallation(transaction);
      const { name } = await readAdminRole(transaction);
      await closeFunctions(transaction, [serviceRole, name]);
      await record(registry, transaction, migration);
    });
  } catch (error) {
    if (!(error instanceof MigrationFailure)) throw error;
    const state = error.sqlstate === undefined ? "" : ` (SQLSTATE ${error.sqlstate})`;
    throw new AdminError(
      `Cannot migrate the shared schemas: ${describePlace(error.where)}: ${error.reason}${state}; no tenant was ` +
        "migrated: correct it, and run again",
      { code: "migration_failed", cause: error },
    );
  }
}

/** Runs the commands outside of a transaction. A killed run goes on after the last command that it recorded. */
async function applyAlone(site: Site, migration: PendingMigration): Promise<void> {
  const { done = 0 } = migration;
  const isRetry = migration.done !== undefined;
  const record = async (client: ClientBase, commands: number): Promise<void> => {
    await client.query(
      `insert into rowhouse.shared_migration (position, name, checksum, applied_at, commands_done)
       values ($1, $2, $3, null, $4) on conflict (position) do update set commands_done = $4`,
      [migration.position, migration.name, migration.checksum ?? null, commands],
    );
  };
  await withClient(site.registry, async (client) => {
    if (!isRetry) await record(client, 0);
    for (const schemaName of site.sharedSchemas) await dropInvalidIndexes(client, schemaName);
  });
  await applyOutside(site, migration, "up", BUILD_LIMITS, { done, isRetry, record });
}

async function isApplied(transaction: Transaction, { name }: PlacedMigration): Promise<boolean> {
  const text = "select from rowhouse.shared_migration where name = $1";
  return (await query(transaction, text, [name])).length > 0;
}

async function record(
  registry: Registry,
  transaction: Transaction,
  migration: PlacedMigration,
): Promise<void> {
  await queryWithEvent(
    transaction,
    eventOf(registry, { applied: [migration.name] }),
    `insert into rowhouse.shared_migration (position, name, checksum) values ($1, $2, $3)
     on conflict (position) do update set applied_at = now(), commands_done = null returning name`,
    [migration.position, migration.name, migration.checksum ?? null],
  );
}

async function accept(
  registry: Registry,
  transaction: Transaction,
  { name, checksum }: PlacedMigration,
): Promise<void> {
  await queryWithEvent(
    transaction,
    eventOf(registry, { accepted: [name] }),
    "update rowhouse.shared_migration set checksum = $2 where name = $1 returning name",
    [name, checksum ?? null],
  );
}

function eventOf({ actor }: Registry, shared: EventDetails): NewEvent {
  return { actor, verb: "migrate", schemaName: null, details: { sharedMigrations: shared } };
}
