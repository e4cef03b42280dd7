// Reads a folder of migrations. What is not understood is an error that names the file: nothing is ignored in silence.

import type { Scope } from "../text/reading.ts";
import { Findings, FolderError } from "./findings.ts";
import { openFolder } from "./folder.ts";
import type { Migration, MigrationFolder, Notice } from "./migration.ts";
import { readMigration } from "./read-migration.ts";
import { recogniseTool } from "./recognise.ts";

/** What reading a folder depends on, beside its files. */
export type FolderOptions = Partial<Scope>;

/**
 * Reads the migrations of a folder, in the form and the order of the tool that it was written for. It loads modules and
 * connects to no database.
 * @param path absolute, or relative to the working directory
 * @throws {FolderError} with every problem of the folder: file, line, what to do
 * @throws {AdminError} when the folder cannot be read
 */
export async function readMigrationFolder(
  path: string,
  { sharedSchemas = [], isShared = false }: FolderOptions = {},
): Promise<MigrationFolder> {
  const findings = new Findings();
  const folder = await openFolder(path, findings);
  const tool = await recogniseTool(folder);
  const drafts = await tool.read(folder);
  const migrations: Migration[] = [];
  for (const draft of drafts) {
    const migration = await readMigration(folder, draft, { sharedSchemas, isShared });
    if (migration !== undefined) migrations.push(migration);
  }
  if (findings.problems.length > 0) throw new FolderError(path, findings.problems);
  return { tool: tool.name, migrations, notices: inOrder(migrations, findings.notices) };
}

/** Notices in the order of the migrations and of the lines. */
function inOrder(migrations: readonly Migration[], notices: readonly Notice[]): readonly Notice[] {
  const places = new Map(migrations.map(({ file }, index) => [file, index]));
  const placeOf = ({ file }: Notice): number => places.get(file) ?? migrations.length;
  return notices.toSorted(
    (one, other) =>
      placeOf(one) - placeOf(other) ||
      one.file.localeCompare(other.file, "en") ||
      one.line - other.line,
  );
}
