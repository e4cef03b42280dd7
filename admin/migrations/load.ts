// Finds the numbered migration modules of a folder.

import { readdir } from "node:fs/promises";

/** A migration module with its number, the first four digits of its name. */
export interface LoadedMigration<M> {
  readonly name: string;
  readonly number: number;
  readonly module: M;
}

/**
 * Loads the modules of a folder beside this file, by ascending number.
 * @throws {Error} when two have the same number
 */
export async function loadMigrations<M>(
  folder: "registry" | "tenant",
): Promise<readonly LoadedMigration<M>[]> {
  const place = new URL(`./${folder}/`, import.meta.url);
  const files = (await readdir(place)).filter((file) => /^\d{4}-[\w-]+\.js$/.test(file)).toSorted();
  const migrations = await Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -".js".length),
      number: Number(file.slice(0, 4)),
      module: (await import(new URL(file, place).href)) as M,
    })),
  );
  if (new Set(migrations.map(({ number }) => number)).size < migrations.length) {
    throw new Error(`Cannot load migrations: two of ${folder} have the same number`);
  }
  return migrations;
}
