// Runs a migration that PostgreSQL does not run within a transaction, such as CREATE INDEX CONCURRENTLY: each command by
// itself, on a connection of its own whose search_path ends with it.
// https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY

import type pg from "pg";
import { withClient } from "../registry/client.ts";
import { tenantPath } from "../shared/search-path.ts";
import { bodyOf, type Direction, runCommand, type Site } from "./apply.ts";
import type { PlacedMigration } from "./ordered.ts";

/** How a migration runs outside of a transaction. */
export interface OutsideOptions {
  /** The longest time of a command, in milliseconds. */
  readonly timeoutMs: number;
  /** How many of its commands an earlier try has done. */
  readonly done: number;
  /** Called after each command, with the number of commands that are done. */
  readonly onDone: (client: pg.Client, done: number) => Promise<void>;
}

/** The longest time of a command: a day. A build of an index reads the whole table, at least twice. */
export const BUILD_TIMEOUT_MS = 86_400_000;

const FRESH: OutsideOptions = {
  timeoutMs: BUILD_TIMEOUT_MS,
  done: 0,
  onDone: () => Promise.resolve(),
};

/**
 * Runs the commands of a migration.
 * @throws {MigrationFailure} when a command fails; the commands before it stay done
 */
export function applyOutside(
  site: Site,
  migration: PlacedMigration,
  direction: Direction,
  { timeoutMs, done, onDone }: OutsideOptions = FRESH,
): Promise<void> {
  const { registry, schemaName, sharedSchemas } = site;
  return withClient(registry.url, async (client) => {
    await client.query(`set search_path = ${tenantPath(schemaName, sharedSchemas)}`);
    await client.query(`set statement_timeout = ${timeoutMs}`);
    const body = bodyOf(migration, direction);
    if (body.kind !== "sql") {
      throw new Error(`Cannot migrate: module "${migration.file}" runs within a transaction only`);
    }
    for (const [index, command] of body.commands.entries()) {
      if (index < done) continue;
      await runCommand(migration, command, schemaName, (text) => client.query(text));
      await onDone(client, index + 1);
    }
  });
}
