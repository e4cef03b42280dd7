// A folder of plain SQL migrations that a test writes.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for TENANT_MIGRATIONS. Whoever made it removes it. */
export interface SqlFolder {
  readonly folder: string;
  /** Writes files, by name without the extension. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  remove(): Promise<void>;
}

/** Makes the folder with these files. */
export async function makeSqlFolder(files: Readonly<Record<string, string>>): Promise<SqlFolder> {
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-sql-"));
  const write: SqlFolder["write"] = async (some) => {
    for (const [name, text] of Object.entries(some)) {
      await writeFile(join(folder, `${name}.sql`), `${text}\n`);
    }
  };
  await write(files);
  return { folder, write, remove: () => rm(folder, { recursive: true, force: true }) };
}
