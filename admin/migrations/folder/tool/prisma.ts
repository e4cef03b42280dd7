// Prisma: a folder for each migration, in the order of their names. Dates of 14, 12 and 8 digits stand mixed in real
// folders, and Prisma compares them as text.

import type { Draft, SqlDraft, Tool } from "../draft.ts";
import { wholeOf } from "../draft.ts";
import { existsIn, type Folder } from "../folder.ts";

const LOCK = "migration_lock.toml";
const UP = "migration.sql";
const DOWN = "down.sql";

/** The reader of Prisma's folders. */
export const prisma: Tool = {
  name: "Prisma",
  command: "npx prisma migrate dev --create-only --name NAME",
  async read(folder) {
    await checkLock(folder);
    for (const file of folder.files) {
      folder.findings.refuse(file, undefined, `Prisma has a folder for each migration; move it`);
    }
    const drafts: Draft[] = [];
    for (const name of folder.folders) {
      const draft = await readOne(folder, name);
      if (draft !== undefined) drafts.push(draft);
    }
    return drafts;
  },
};

/** Prisma writes into a file for which database the SQL is. */
async function checkLock(folder: Folder): Promise<void> {
  if (!(await existsIn(folder, LOCK))) return;
  const lock = await folder.text(LOCK);
  const [, provider] = /^\s*provider\s*=\s*"(.*?)"/m.exec(lock?.text ?? "") ?? [];
  if (provider === undefined || provider === "postgresql" || provider === "postgres") return;
  folder.findings.refuse(LOCK, undefined, `its provider is "${provider}", must be "postgresql"`);
}

async function readOne(folder: Folder, name: string): Promise<SqlDraft | undefined> {
  const inside = await folder.list(name);
  for (const other of [...inside.files, ...inside.folders]) {
    if (other !== UP && other !== DOWN) {
      folder.findings.refuse(
        `${name}/${other}`,
        undefined,
        `a migration of Prisma is "${UP}" alone; remove it`,
      );
    }
  }
  const file = `${name}/${UP}`;
  const up = await folder.text(file);
  if (up === undefined) return undefined;
  const down = inside.files.includes(DOWN) ? await folder.text(`${name}/${DOWN}`) : undefined;
  return { name, file, up: wholeOf(up), down: down && wholeOf(down), isMarked: false };
}
