// What a migration is for a new schema, which nobody uses yet. CONCURRENTLY there only means to wait for every other
// transaction of the database, an export of another tenant among them. Without it the index is the same. (A partition
// that is detached concurrently gets a constraint more, so that this stays as it is.)

import type { MigrationBody, SqlCommand, PlacedMigration } from "../folder/migration.ts";

const CONCURRENTLY = [
  /^((?:create\s+(?:unique\s+)?|drop\s+)index\s+)concurrently\b/i,
  /^(reindex\s+(?:\([^)]*\)\s*)?(?:index|table|schema)\s+)concurrently\b/i,
];
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
  return undefined;
}
