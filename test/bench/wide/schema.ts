// The tables of a wide tenant: each has a key, an index and a reference to the one before, as applications have them.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The commands that make so many tables in the schema of the search_path. */
export function tableCommands(tables: number): readonly string[] {
  return Array.from({ length: tables }, (_, index) => {
    const parent = index === 0 ? "parent bigint" : `parent bigint references t${index} (id)`;
    const name = `t${index + 1}`;
    return [
      `create table ${name} (id bigint generated always as identity primary key, ${parent}, name text not null,
         note text, amount numeric(12, 2) not null default 0, created_at timestamptz not null default now())`,
      `create index ${name}_name on ${name} (name)`,
    ];
  }).flat();
}

/** The commands that add a column. */
export const COLUMN_COMMANDS: readonly string[] = ["alter table t1 add column more text"];

/** Writes a migration of these commands. */
export async function writeMigration(
  folder: string,
  name: string,
  commands: readonly string[],
): Promise<void> {
  await writeFile(join(folder, `${name}.sql`), commands.map((text) => `${text};\n`).join(""));
}

/** The name of a tenant, from number 0. */
export function tenantName(index: number): string {
  return `t${String(index).padStart(6, "0")}`;
}
