// Writes the skeleton of a tenant migration.

import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import process from "node:process";
import { AdminError } from "../registry/admin-error.ts";
import { findTenantMigrations } from "./load.ts";

const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/**
 * Writes `NNNN-name.ts` with the number after the highest existing one.
 * @param name lower case words joined by hyphens
 * @param folder the example application's folder when undefined; created when it is missing
 * @returns the file, relative to the working directory
 * @throws {AdminError} for an invalid name, or when all numbers are used
 */
export async function writeMigration(name: string, folder?: string): Promise<string> {
  if (!NAME.test(name) || name.length > 80) {
    throw new AdminError(
      `Cannot write migration ${JSON.stringify(name)}: its name must be lower case words joined by ` +
        "hyphens, as in add-color; choose another",
    );
  }
  const place = findFolder(name, folder);
  await mkdir(place, { recursive: true });
  const numbers = (await readdir(place)).flatMap((file) => {
    const [, digits] = /^(\d{4})-[\w-]+\.[jt]s$/.exec(file) ?? [];
    return digits === undefined ? [] : [Number(digits)];
  });
  const number = Math.max(0, ...numbers) + 1;
  if (number > 9999)
    throw new AdminError(
      `Cannot write migration "${name}": number 9999 is used, and it is the last one`,
    );
  const file = join(place, `${String(number).padStart(4, "0")}-${name}.ts`);
  const source = folder === undefined ? "../tenant-migrations.ts" : "rowhouse/tenant-migrations";
  await writeFile(file, skeleton(source), { flag: "wx" });
  return relative(process.cwd(), file);
}

function findFolder(name: string, folder: string | undefined): string {
  try {
    return findTenantMigrations(folder);
  } catch {
    throw new AdminError(
      `Cannot write migration "${name}": its folder is unknown; name your folder with --folder FOLDER`,
    );
  }
}

function skeleton(source: string): string {
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
