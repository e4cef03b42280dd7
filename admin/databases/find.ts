// Where a tenant is. Home's pointers decide; without other databases nothing is asked.

import { findPointer } from "../registry/pointer.ts";
import type { Registry } from "../registry/registry.ts";

/**
 * Returns the registry of a database, with home's actor.
 * @param name "home", or the name of another database; home when undefined
 * @throws {AdminError} when no database has the name
 */
export async function findDatabase(home: Registry, name: string | undefined): Promise<Registry> {
  if (name === undefined || name === home.database) return home;
  return (await home.others.find(name)).as(home.actor);
}

/** The names of all databases, home first. */
export function databaseNames({ database, others }: Registry): readonly string[] {
  return [database, ...others.names];
}

/** Whether there is more than one database. */
export function isManyfold({ others }: Registry): boolean {
  return others.names.length > 0;
}

/**
 * Returns the registry of the database where a tenant is; home when it is nowhere.
 * @throws {AdminError} when that database is not configured
 */
export async function locate(home: Registry, schemaName: string): Promise<Registry> {
  if (!isManyfold(home)) return home;
  return findDatabase(home, await findPointer(home, schemaName));
}

/** The outcome of work in one database: a result, or an error. */
export type DatabaseOutcome<T> =
  | { readonly database: string; readonly done: true; readonly result: T }
  | { readonly database: string; readonly done: false; readonly error: unknown };

/** Runs `work` in every database, at the same time; an error in one does not stop the others. */
export function inEach<T>(
  home: Registry,
  work: (registry: Registry) => Promise<T>,
  names: readonly string[] = databaseNames(home),
): Promise<readonly DatabaseOutcome<T>[]> {
  return Promise.all(
    names.map(async (database) => {
      try {
        const result = await work(await findDatabase(home, database));
        return { database, done: true as const, result };
      } catch (error) {
        return { database, done: false as const, error };
      }
    }),
  );
}
