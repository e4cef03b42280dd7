// Writes the skeleton of a tenant migration, as a module or in SQL.

import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import process from "node:process";
import { AdminError } from "../registry/admin-error.ts";
import type { Tool } from "./folder/draft.ts";
import { Findings } from "./folder/findings.ts";
import { openFolder } from "./folder/folder.ts";
import { nextPrefix } from "./folder/next-file.ts";
import { recogniseTool } from "./folder/recognise.ts";
import { findTenantMigrations } from "./load.ts";

const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Where and how a migration is written. */
export interface NewMigration {
  /** Created when it is missing; `configured` when undefined. */
  readonly folder?: string | undefined;
  /** The value of TENANT_MIGRATIONS; the example application's folder when undefined. */
  readonly configured?: string | undefined;
  /** SQL instead of a module. */
  readonly sql?: boolean;
}

/**
 * Writes the next migration in the form that the folder has: `0004-name.ts`; with `sql` `0004-name.sql`, and a file for
 * the way down where the folder has such files.
 * @param name lower case words joined by hyphens
 * @returns the files, relative to the working directory
 * @throws {AdminError} for an invalid name, or in a folder whose tool writes its migrations by itself
 */
export async function writeMigration(
  name: string,
  { folder, configured, sql = false }: NewMigration = {},
): Promise<readonly string[]> {
  if (!NAME.test(name) || name.length > 80) {
    throw new AdminError(
      `Cannot write migration ${JSON.stringify(name)}: its name must be lower case words joined by ` +
        "hyphens, as in add-color; choose another",
    );
  }
  const place = findFolder(name, folder ?? configured);
  // TENANT_MIGRATIONS has the compiled modules, and a skeleton in TypeScript belongs beside their sources.
  const isCompiled = !sql && folder === undefined && configured !== undefined;
  if (!isCompiled) await mkdir(place, { recursive: true });
  const tool = await recogniseTool(await openFolder(place, new Findings()));
  refuseTool(name, tool, sql);
  if (isCompiled) throw unknownFolder(name);
  const existing = await readdir(place);
  const prefix = nextPrefix(existing, new Date());
  if (prefix === undefined) {
    throw new AdminError(
      `Cannot write migration "${name}": the last number of 20 digits is used; rename the newest file`,
    );
  }
  const source = folder === undefined ? "../tenant-migrations.ts" : "rowhouse/tenant-migrations";
  const texts = sql ? sqlSkeleton(existing) : { ".ts": moduleSkeleton(source) };
  const written: string[] = [];
  for (const [ending, text] of Object.entries(texts)) {
    const file = join(
      place,
      `${prefix}${prefix.endsWith("_") ? name.replaceAll("-", "_") : name}${ending}`,
    );
    await writeFile(file, text, { flag: "wx" });
    written.push(relative(process.cwd(), file));
  }
  return written;
}

function findFolder(name: string, folder: string | undefined): string {
  try {
    return findTenantMigrations(folder);
  } catch {
    throw unknownFolder(name);
  }
}

function unknownFolder(name: string): AdminError {
  return new AdminError(
    `Cannot write migration "${name}": its folder is unknown; name the folder of your sources with --folder FOLDER, ` +
      "or write SQL with --sql into that of TENANT_MIGRATIONS",
  );
}

/** Folders of these two hold no modules, and the others' tools write their own marks. */
function refuseTool(name: string, { name: tool, command }: Tool, sql: boolean): void {
  if (command === undefined) return;
  if (!sql && tool !== "Prisma" && tool !== "Drizzle") return;
  throw new AdminError(
    `Cannot write migration "${name}": the folder is one of ${tool}; ` +
      `write it with ${command.replace("NAME", name)}`,
  );
}

const UP =
  "-- What this changes, and why. It runs in one transaction for each tenant.\nalter table data add column note text;\n";
const DOWN =
  "-- Undoes it, and deletes the data that it added.\nalter table data drop column note;\n";

/** Whether a migration in SQL is still as {@link writeMigration} wrote it. */
export function isSkeleton(text: string): boolean {
  return text === UP || text === DOWN;
}

/** The texts by the ends of their names. */
function sqlSkeleton(existing: readonly string[]): Readonly<Record<string, string>> {
  const [up, down] = [UP, DOWN];
  if (existing.some((file) => file.endsWith(".up.sql")))
    return { ".up.sql": up, ".down.sql": down };
  if (existing.some((file) => file.endsWith(".down.sql"))) return { ".sql": up, ".down.sql": down };
  return { ".sql": up };
}

function moduleSkeleton(source: string): string {
  return `// What this changes, and why.

import type { TenantMigration } from "${source}";

/** Runs in one transaction for each tenant. One SQL command a call; name the schema in each. */
export const up: TenantMigration["up"] = async ({ schema, sql }) => {
  await sql(\`alter table "\${schema}".data add column note text\`);
};

/** Undoes it, and deletes the data that it added. */
export const down: TenantMigration["down"] = async ({ schema, sql }) => {
  await sql(\`alter table "\${schema}".data drop column note\`);
};
`;
}
