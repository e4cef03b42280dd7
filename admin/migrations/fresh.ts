// What a migration is for a new schema, which nobody uses yet. CONCURRENTLY there only means to wait for every other
// transaction of the database, an export of another tenant among them. Without it the result is the same.

import type { MigrationBody, SqlCommand } from "./folder/migration.ts";
import type { PlacedMigration } from "./ordered.ts";

const CONCURRENTLY = [
  /^((?:create\s+(?:unique\s+)?|drop\s+)index\s+)concurrently\b/i,
  /^(reindex\s+(?:\([^)]*\)\s*)?(?:index|table|schema)\s+)concurrently\b/i,
];
const DETACH = /^(alter\s+table\b.*\bdetach\s+partition\b.*\s)concurrently\s*$/is;

/** Returns the migration as it runs in a new schema: without CONCURRENTLY, and then in a transaction where it may. */
export function forNewSchema(migration: PlacedMigration): PlacedMigration {
  const { up, isTransactional } = migration;
  if (isTransactional || up.kind !== "sql") return migration;
  const plain = up.commands.map((command) => withoutConcurrently(command) ?? command);
  const body: MigrationBody = { kind: "sql", commands: plain };
  const isFit = up.commands.every((command, index) => command !== plain[index]);
  return { ...migration, up: body, isTransactional: isFit };
}

/** Returns the command without CONCURRENTLY; undefined for a command that does not have it. */
function withoutConcurrently(command: SqlCommand): SqlCommand | undefined {
  const [first = "", ...others] = command.pieces;
  for (const pattern of CONCURRENTLY) {
    if (pattern.test(first))
      return { ...command, pieces: [first.replace(pattern, "$1"), ...others] };
  }
  const last = command.pieces.at(-1) ?? "";
  // A statement that names the schema has more pieces; its beginning is in the first one.
  const isDetach = /^alter\s+table\b/i.test(first) && DETACH.test(command.pieces.join("t"));
  if (!isDetach) return undefined;
  const end = last.replace(/concurrently\s*$/i, "");
  return { ...command, pieces: [...command.pieces.slice(0, -1), end] };
}
