// Reads one migration: its text by the rules, or its module.

import { readCommands, type ReadCommand } from "../rules/read-commands.ts";
import { dropTransactions, hasMark, isTransactional } from "../rules/transactions.ts";
import { Reading, type Scope } from "../text/reading.ts";
import type { Draft, SqlDraft, SqlPart } from "./draft.ts";
import type { Folder } from "./folder.ts";
import type { Migration } from "./migration.ts";
import { readModule } from "./module.ts";

/** Returns a migration; undefined when it cannot be read at all. Its problems are the folder's. */
export async function readMigration(
  folder: Folder,
  draft: Draft,
  scope: Scope,
): Promise<Migration | undefined> {
  return draft.up === undefined ? readModule(folder, draft) : readSql(folder, draft, scope);
}

function readSql(folder: Folder, draft: SqlDraft, scope: Scope): Migration {
  const reading = new Reading(draft.up.source, scope, folder.findings);
  const isOneFile = draft.down?.source === draft.up.source;
  const downReading =
    draft.down === undefined || isOneFile
      ? reading
      : new Reading(draft.down.source, scope, folder.findings);
  const isMarked = hasMark(draft.up.source, reading) || draft.isMarked;
  const isDownMarked =
    downReading === reading ? isMarked : hasMark(downReading.source, downReading);
  const up = readPart(draft.up, isMarked, reading);
  const isUpTransactional = isTransactional(up, isMarked, reading);
  const down = draft.down && readPart(draft.down, isDownMarked, downReading);
  if (down !== undefined) {
    const isDownTransactional = isTransactional(down, isDownMarked, downReading);
    if (isUpTransactional && !isDownTransactional) {
      const text =
        'only the way down runs without a transaction; add "-- rowhouse: no transaction" to the way up';
      downReading.refuseAt(draft.down?.ranges[0]?.start ?? 0, text);
    }
  }
  if (!isUpTransactional) {
    const at = up[0]?.statement;
    if (at !== undefined) {
      reading.note(at, "no transaction", "it runs without a transaction, each command by itself");
    }
  }
  reading.finish();
  if (downReading !== reading) downReading.finish();
  return {
    name: draft.name,
    file: draft.file,
    ...(draft.down === undefined || isOneFile ? {} : { downFile: draft.down.source.file }),
    checksum: draft.up.source.checksum,
    isTransactional: isUpTransactional,
    leavesSessionState: [...up, ...(down ?? [])].some(({ facts }) => facts.leavesSessionState),
    up: bodyOf(up),
    down: down && bodyOf(down),
  };
}

function readPart(part: SqlPart, isMarked: boolean, reading: Reading): readonly ReadCommand[] {
  return dropTransactions(readCommands(part.ranges, reading), isMarked, reading);
}

function bodyOf(commands: readonly ReadCommand[]): Migration["up"] {
  return { kind: "sql", commands: commands.map(({ command }) => command) };
}
