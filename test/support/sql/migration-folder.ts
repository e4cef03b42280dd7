// Folders of migrations as a test writes them.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { MigrationFolder } from "../../../admin/migrations/folder/migration.ts";
import { readMigrationFolder } from "../../../admin/migrations/folder/read-folder.ts";
import { renderCommand } from "../../../admin/migrations/folder/render.ts";

/** Texts of files by their names; a name may hold folders. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Writes a folder, passes its path, and removes it. */
export async function withFolder<T>(files: Files, work: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-folder-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Reads a folder of these files. */
export function readFiles(
  files: Files,
  sharedSchemas: readonly string[] = [],
): Promise<MigrationFolder> {
  return withFolder(files, (path) => readMigrationFolder(path, { sharedSchemas }));
}

/** The commands of a plain migration with this text, rendered for tenant "acme". */
export async function renderText(
  text: string,
  sharedSchemas: readonly string[] = [],
): Promise<readonly string[]> {
  const { migrations } = await readFiles({ "1_a.sql": text }, sharedSchemas);
  const up = migrations[0]?.up;
  return up?.kind === "sql" ? up.commands.map((command) => renderCommand(command, "acme")) : [];
}
