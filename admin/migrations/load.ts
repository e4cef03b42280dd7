// Finds the numbered migration modules of a folder.

import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AdminError } from "../registry/admin-error.ts";

/** A migration module with its number, the first four digits of its name. */
export interface LoadedMigration<M> {
  readonly name: string;
  readonly number: number;
  readonly module: M;
}

/** The folder of the registry migrations. */
export const REGISTRY_MIGRATIONS: string = fileURLToPath(new URL("registry", import.meta.url));
/** The folder of the example application's migrations; an installed package does not have it. */
export const TENANT_MIGRATIONS: string = fileURLToPath(new URL("tenant", import.meta.url));

/**
 * Returns the folder of the tenant migrations.
 * @param folder the value of TENANT_MIGRATIONS; undefined for the example application's folder
 * @throws {AdminError} when it is undefined in an installed package
 */
export function findTenantMigrations(folder: string | undefined): string {
  if (folder !== undefined) return folder;
  if (existsSync(TENANT_MIGRATIONS)) return TENANT_MIGRATIONS;
  throw new AdminError(
    "Cannot load tenant migrations: TENANT_MIGRATIONS is not set; " +
      "set it to the folder of your application's migrations, in SQL or compiled; .env may have it",
    { code: "migrations_invalid" },
  );
}

/**
 * Lists the files of a folder that are named `NNNN-name.js`, by ascending number.
 * @throws {Error} when the folder cannot be read, or two have the same number
 */
export async function listNumbered(
  folder: string,
): Promise<readonly { readonly name: string; readonly number: number; readonly file: string }[]> {
  const files = (await readdir(folder))
    .filter((file) => /^\d{4}-[\w-]+\.js$/.test(file))
    .toSorted();
  const numbered = files.map((file) => ({
    name: file.slice(0, -".js".length),
    number: Number(file.slice(0, 4)),
    file,
  }));
  if (new Set(numbered.map(({ number }) => number)).size < numbered.length) {
    throw new Error(`Cannot load migrations: two files in "${folder}" have the same number`);
  }
  return numbered;
}

/**
 * Loads the modules of a folder, `NNNN-name.js`, by ascending number.
 * @throws {Error} when the folder cannot be read, or two have the same number
 */
export async function loadMigrations<M>(folder: string): Promise<readonly LoadedMigration<M>[]> {
  const place = pathToFileURL(`${resolve(folder)}/`);
  return Promise.all(
    (await listNumbered(folder)).map(async ({ file, name, number }) => ({
      name,
      number,
      module: (await import(new URL(file, place).href)) as M,
    })),
  );
}
