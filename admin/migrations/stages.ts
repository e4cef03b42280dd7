// Cuts the way of a new schema into stages. Migrations share a transaction only where PostgreSQL lets them: a value
// that a transaction adds to an enum cannot be used in it, and each command needs room in the lock table.
// https://www.postgresql.org/docs/current/sql-altertype.html

import { databaseCode } from "../registry/database-code.ts";
import { query } from "../registry/registry.ts";
import type { SqlCommand, PlacedMigration } from "./folder/migration.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** Migrations that run in one transaction, or one that runs without. */
export interface Stage {
  readonly migrations: readonly PlacedMigration[];
  readonly isTransactional: boolean;
}

/** How migrations share a transaction: as many as may, so many that their reckoned locks leave room for others, or none. */
export type Sharing = "all" | "some" | "none";

// The lock table has room for 6,400 by default. A new table takes about five, another command one or two.
const MOST_LOCKS = 1000;
const LOCKS = { table: 5, other: 2, module: 10 };

// unsafe_new_enum_value_usage, object_in_use (pending trigger events), out_of_memory (the lock table is full, too)
const NEEDS_OWN = new Set(["55P04", "55006", "53200"]);

/** Cuts migrations, which are neighbours, into stages. */
export function cutStages(
  migrations: readonly PlacedMigration[],
  sharing: Sharing,
): readonly Stage[] {
  const stages: { migrations: PlacedMigration[]; isTransactional: boolean }[] = [];
  let left = 0;
  for (const migration of migrations) {
    const cost = countLocks(migration);
    const isAlone = sharing === "none" || mustBeAlone(migration);
    const stage = stages.at(-1);
    if (stage === undefined || isAlone || left < (sharing === "all" ? 0 : cost)) {
      stages.push({ migrations: [migration], isTransactional: migration.isTransactional });
      left = isAlone ? -1 : Math.max(0, MOST_LOCKS - cost);
      continue;
    }
    stage.migrations.push(migration);
    if (sharing === "some") left -= cost;
  }
  return stages;
}

/** Whether one transaction may take so many locks, and leave room for others. */
export function isRoomFor(locks: number): boolean {
  return locks <= MOST_LOCKS;
}

/** Counts the locks of a transaction that the lock table has to hold. */
export async function readLocks(transaction: Transaction): Promise<number> {
  const [row] = await query<{ locks: number }>(
    transaction,
    "select count(*)::int as locks from pg_catalog.pg_locks where pid = pg_backend_pid() and not fastpath",
  );
  return row?.locks ?? Infinity;
}

/** Whether a transaction of several migrations failed because they may not share it. */
export function mayNotShare(error: unknown): boolean {
  return NEEDS_OWN.has(databaseCode(error) ?? "");
}

function mustBeAlone({ isTransactional, leavesSessionState, up }: PlacedMigration): boolean {
  return !isTransactional || leavesSessionState || commandsOf(up).some(isSelfish);
}

/** A setting lasts until its transaction ends. */
function isSelfish({ addsEnumValue, title }: SqlCommand): boolean {
  return addsEnumValue === true || /^set\b/i.test(title);
}

function countLocks({ up }: PlacedMigration): number {
  if (up.kind !== "sql") return LOCKS.module;
  return up.commands.reduce((sum, { title }) => {
    return sum + (/^create\b.*\btable\b/i.test(title) ? LOCKS.table : LOCKS.other);
  }, 0);
}

function commandsOf(body: PlacedMigration["up"]): readonly SqlCommand[] {
  return body.kind === "sql" ? body.commands : [];
}
