// Runs one migration for one schema within a transaction: under the search_path of the tenant's requests, a command a
// call.

import { isConnectionLost } from "../../registry/database-code.ts";
import { query, type Registry } from "../../registry/registry.ts";
import {
  modelTransactionOf,
  retireConnection,
  type Transaction,
  watchCommands,
} from "../../registry/connection/transaction-client.ts";
import { tenantPath } from "../../shared/search-path.ts";
import { MigrationFailure } from "./failure.ts";
import type { Migration, SqlCommand } from "../folder/migration.ts";
import { renderCommand } from "../folder/render.ts";
import type { TenantStep } from "../tenant-migrations.ts";

/** The schema that a migration changes. */
export interface Site {
  readonly registry: Registry;
  readonly schemaName: string;
  /** The schemas behind it in the search_path. */
  readonly sharedSchemas: readonly string[];
  /** Told of each command that a module sends: its text, or undefined where it has values beside its text. */
  readonly note?: ((text: string | undefined) => void) | undefined;
  /** Whether the transaction has the search_path already; it is set before each migration when left out. */
  readonly path?: { isSet: boolean };
}

/** A direction of a migration. */
export type Direction = "up" | "down";

const MOST_WORDS = 3;
// One command that runs no code, where a function could set the path. A query in it, and an expression that is computed
// for rows or for a default, may call one.
const KEEPS_PATH =
  /^\s*(?:create\s+table(?![^;]*\b(?:as|select|execute)\b)|alter\s+table(?![^;]*\b(?:default|using|check|generated|validate)\b)|drop|comment|grant|revoke)\b[^;]*;?\s*$/i;

/**
 * Runs a migration in a transaction of the caller, which must be rolled back after an error. Sets its search_path.
 * @throws {MigrationFailure} when a command fails
 * @throws the driver's error when the connection was lost
 */
export async function applyMigration(
  site: Site,
  transaction: Transaction,
  migration: Migration,
  direction: Direction,
): Promise<void> {
  const { schemaName, sharedSchemas } = site;
  if (site.path?.isSet !== true) {
    await query(transaction, `set local search_path = ${tenantPath(schemaName, sharedSchemas)}`);
  }
  if (site.path) site.path.isSet = migration.up.kind === "module";
  if (migration.leavesSessionState) retireConnection(transaction);
  const body = bodyOf(migration, direction);
  if (body.kind === "sql") {
    for (const command of body.commands) {
      await runCommand(migration, command, schemaName, (text) => query(transaction, text));
    }
    return;
  }
  let command: string | undefined;
  const step = createStep(site, transaction, (text) => (command = text));
  const unwatch = watchCommands(transaction, (text) => {
    if (site.path && !KEEPS_PATH.test(text ?? "")) site.path.isSet = false;
    site.note?.(text);
  });
  try {
    await body.run(step);
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    throw new MigrationFailure(migration, schemaName, error, { command });
  } finally {
    unwatch();
  }
}

/** Returns what a migration does in a direction. */
export function bodyOf(migration: Migration, direction: Direction): Migration["up"] {
  const body = migration[direction];
  if (body !== undefined) return body;
  throw new Error(`Cannot migrate: migration "${migration.name}" does not have a way down`);
}

/**
 * Runs one command of a file. A command that creates an extension is skipped: a shared schema has it, or the folder
 * would have been refused.
 * @throws {MigrationFailure} when it fails
 */
export async function runCommand(
  migration: Migration,
  command: SqlCommand,
  schemaName: string,
  run: (text: string) => Promise<unknown>,
): Promise<void> {
  if (command.extension !== undefined) return;
  try {
    await run(renderCommand(command, schemaName));
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    const { line, title } = command;
    throw new MigrationFailure(migration, schemaName, error, { line, command: title });
  }
}

/** @param note receives the first words of a command that runs, and undefined when it has ended */
function createStep(
  { registry, schemaName }: Site,
  transaction: Transaction,
  note: (title: string | undefined) => void,
): TenantStep {
  return {
    schema: schemaName,
    queryInterface: registry.sequelize.getQueryInterface(),
    transaction: modelTransactionOf(transaction),
    async sql(text) {
      note(text.trim().split(/\s+/).slice(0, MOST_WORDS).join(" "));
      await query(transaction, text);
      note(undefined);
    },
  };
}
