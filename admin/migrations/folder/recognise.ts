// Tells by its own marks which tool a folder was written for.

import type { Tool } from "./draft.ts";
import type { Folder } from "./folder.ts";
import { DBMATE_MARK, readDbmate } from "./tool/dbmate.ts";
import { drizzle, drizzleFolders, JOURNAL } from "./tool/drizzle.ts";
import { GOOSE_MARK, readGoose } from "./tool/goose.ts";
import { isOfPair, NODE_PG_MIGRATE_MARK, readNodePgMigrate } from "./tool/node-pg-migrate.ts";
import { createNumbered } from "./tool/numbered.ts";
import { readPlain } from "./tool/plain.ts";
import { prisma } from "./tool/prisma.ts";
import { existsIn } from "./folder.ts";

const NODE_PG_MIGRATE = "npx node-pg-migrate create NAME --migration-file-language sql";
const MARKED = [
  { mark: GOOSE_MARK, tool: createNumbered("goose", readGoose, "goose create NAME sql") },
  { mark: DBMATE_MARK, tool: createNumbered("dbmate", readDbmate, "dbmate new NAME") },
  {
    mark: NODE_PG_MIGRATE_MARK,
    tool: createNumbered("node-pg-migrate", readNodePgMigrate, NODE_PG_MIGRATE),
  },
];
const PAIRS = createNumbered("golang-migrate or sqlx", readPlain);
const PLAIN = createNumbered("plain SQL", readPlain);
const MODULES = createNumbered("Rowhouse modules", readPlain);

/** Returns the tool of a folder. Files with the marks of two tools are a problem of the folder. */
export async function recogniseTool(folder: Folder): Promise<Tool> {
  if (await existsIn(folder, JOURNAL)) return drizzle;
  for (const name of folder.folders) {
    if (!(await existsIn(folder, `${name}/migration.sql`))) continue;
    const isDrizzle = await existsIn(folder, `${name}/snapshot.json`);
    return isDrizzle ? drizzleFolders : prisma;
  }
  if (await existsIn(folder, "migration_lock.toml")) return prisma;
  return recogniseByMarks(folder);
}

async function recogniseByMarks(folder: Folder): Promise<Tool> {
  const found = new Map<Tool, string>();
  const texts = folder.files.filter((file) => file.endsWith(".sql"));
  for (const file of texts) {
    const source = await folder.text(file);
    for (const { mark, tool } of MARKED) {
      if (found.has(tool) || source === undefined) continue;
      if (mark === NODE_PG_MIGRATE_MARK && isOfPair(file)) continue;
      for (const { text } of source.lines()) if (mark.test(text)) found.set(tool, file);
    }
  }
  const [first, second] = found;
  if (first !== undefined && second !== undefined) {
    const [one, other] = [first, second].map(
      ([tool, file]) => `"${file}" has marks of ${tool.name}`,
    );
    folder.findings.refuse(second[1], undefined, `${one}, and ${other}; keep one tool's`);
  }
  if (first !== undefined) return first[0];
  if (texts.some((file) => file.endsWith(".up.sql"))) return PAIRS;
  return texts.length > 0 || folder.files.length === 0 ? PLAIN : MODULES;
}
