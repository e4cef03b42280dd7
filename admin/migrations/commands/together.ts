// Sends the commands of several SQL migrations in one message, for a new schema, which gets them all or nothing. A
// message takes as long as its commands; many take a trip to the server each. Where one fails, all are undone, and the
// caller runs them one by one, which finds the command that fails.

import { isConnectionLost } from "../../registry/database-code.ts";
import { query } from "../../registry/registry.ts";
import { tenantPath } from "../../shared/search-path.ts";
import type { Site } from "./apply.ts";
import type { SqlCommand, PlacedMigration } from "../folder/migration.ts";
import { renderCommand } from "../folder/render.ts";
import type { Transaction } from "../../registry/connection/transaction-client.ts";

const MOST_COMMANDS = 500;
const MOST_CHARACTERS = 500_000;
const NAME = "rowhouse_together";

/**
 * Cuts migrations into parts that {@link applyTogether} may send in one message. A part of one migration may be a module.
 */
export function cutParts(
  migrations: readonly PlacedMigration[],
): readonly (readonly PlacedMigration[])[] {
  const parts: PlacedMigration[][] = [];
  let [commands, characters] = [Infinity, 0];
  for (const migration of migrations) {
    const own = plainCommands(migration);
    if (own === undefined) {
      parts.push([migration]);
      commands = Infinity;
      continue;
    }
    const length = own.reduce((sum, { pieces }) => sum + pieces.join("").length, 0);
    commands += own.length;
    characters += length;
    const last = parts.at(-1);
    if (last === undefined || commands > MOST_COMMANDS || characters > MOST_CHARACTERS) {
      parts.push([migration]);
      [commands, characters] = [own.length, length];
    } else last.push(migration);
  }
  return parts;
}

/**
 * Runs the way up of SQL migrations in one message.
 * @param migrations a part of {@link cutParts}
 * @returns false when nothing was done: they must be run one by one
 * @throws the driver's error when the connection was lost
 */
export async function applyTogether(
  { schemaName, sharedSchemas }: Site,
  transaction: Transaction,
  migrations: readonly PlacedMigration[],
): Promise<boolean> {
  const path = `set local search_path = ${tenantPath(schemaName, sharedSchemas)}`;
  const texts = migrations.flatMap((migration) => {
    const commands = plainCommands(migration) ?? [];
    return [path, ...commands.map((command) => renderCommand(command, schemaName))];
  });
  if (texts.length - migrations.length < 2) return false;
  try {
    // A command may end with a comment, which ends with its line.
    await query(transaction, [`savepoint ${NAME}`, ...texts, `release ${NAME}`].join("\n;"));
    return true;
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    await query(transaction, `rollback to ${NAME}; release ${NAME}`);
    return false;
  }
}

/** The commands of a migration that another one may follow in the message; undefined for another migration. */
function plainCommands({
  up,
  leavesSessionState,
  isTransactional,
}: PlacedMigration): readonly SqlCommand[] | undefined {
  if (up.kind !== "sql" || leavesSessionState || !isTransactional) return undefined;
  const commands = up.commands.filter(({ extension }) => extension === undefined);
  // A setting may change how the rest of the message is read.
  return commands.some(({ title, addsEnumValue }) => addsEnumValue || /^(?:re)?set\b/i.test(title))
    ? undefined
    : commands;
}
