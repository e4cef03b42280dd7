// Runs a migration that PostgreSQL does not run within a transaction, such as CREATE INDEX CONCURRENTLY: each command by
// itself, on a connection of its own whose search_path ends with it. Few run at a time in one database, because each
// waits for the transactions of the others.
// https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY

import { setTimeout } from "node:timers/promises";
import type { ClientBase } from "pg";
import { withClient } from "../../registry/connection/client.ts";
import { databaseCode } from "../../registry/database-code.ts";
import { tenantPath } from "../../shared/search-path.ts";
import { bodyOf, type Direction, runCommand, type Site } from "./apply.ts";
import { dropInvalidIndexes } from "./invalid-indexes.ts";
import type { PlacedMigration } from "../folder/migration.ts";
import { BUILD_LIMITS, type BuildLimits } from "./build-limits.ts";

/** The progress of a build, which a later try reads. */
export interface BuildProgress {
  /** How many commands are done. */
  readonly done: number;
  /** Whether an earlier try may have done the next command without recording it. */
  readonly isRetry: boolean;
  /** Records that more commands are done. */
  readonly record: (client: ClientBase, done: number) => Promise<void>;
}

export { BUILD_LIMITS, type BuildLimits } from "./build-limits.ts";

const FRESH: BuildProgress = { done: 0, isRetry: false, record: () => Promise.resolve() };
const POLL_MS = 50;

// duplicate_table, duplicate_object, undefined_object, undefined_table: the command was done before.
const DONE_BEFORE = new Set(["42P07", "42710", "42704", "42P01"]);

/**
 * Runs the commands of a migration.
 * @throws {MigrationFailure} when a command fails; the commands before it stay done, and no invalid index stays
 */
export function applyOutside(
  site: Site,
  migration: PlacedMigration,
  direction: Direction,
  { timeoutMs, atOnce }: BuildLimits = BUILD_LIMITS,
  progress: BuildProgress = FRESH,
): Promise<void> {
  const { registry, schemaName, sharedSchemas } = site;
  const body = bodyOf(migration, direction);
  if (body.kind !== "sql") {
    throw new Error(`Cannot migrate: module "${migration.file}" runs within a transaction only`);
  }
  return withClient(registry, async (client) => {
    await takeTurn(client, atOnce);
    await client.query(`set search_path = ${tenantPath(schemaName, sharedSchemas)}`);
    await client.query(`set statement_timeout = ${timeoutMs}`);
    await client.query("set lock_timeout = 0");
    await dropInvalidIndexes(client, schemaName);
    for (const [index, command] of body.commands.entries()) {
      if (index < progress.done) continue;
      try {
        await runCommand(migration, command, schemaName, (text) => client.query(text));
      } catch (error) {
        const isRepeat = progress.isRetry && index === progress.done;
        if (!isRepeat || !DONE_BEFORE.has(databaseCode(error) ?? "")) {
          await dropInvalidIndexes(client, schemaName).catch(() => {});
          throw error;
        }
      }
      await progress.record(client, index + 1);
    }
  });
}

/** Waits until fewer than `atOnce` builds run. The lock ends with the connection; a wait in the server would hold a snapshot. */
async function takeTurn(client: ClientBase, atOnce: number): Promise<void> {
  for (;;) {
    for (let slot = 0; slot < atOnce; slot += 1) {
      const { rows } = await client.query<{ taken: boolean }>(
        "select pg_try_advisory_lock(hashtextextended('rowhouse build ' || $1, 0)) as taken",
        [String(slot)],
      );
      if (rows[0]?.taken === true) return;
    }
    await setTimeout(POLL_MS);
  }
}
