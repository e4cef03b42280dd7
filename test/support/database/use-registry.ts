// A registry that stays open for the tests of a suite, as that of a long-running program does: a connection that is new
// plans every query of the catalogs anew.

import { openRegistry, type Registry } from "../../../admin/registry/registry.ts";

/** Passes the suite's registry to `work`. */
export type WithRegistry = <T>(work: (registry: Registry) => Promise<T>) => Promise<T>;

/**
 * Opens a registry at its first use, and closes it after the suite.
 * @param urlOf returns the admin role's URL at the first use
 * @param migrationsOf returns the folder of the tenant migrations; that of the example when left out
 */
export function useRegistry(urlOf: () => string, migrationsOf?: () => string): WithRegistry {
  let opened: ReturnType<typeof openRegistry> | undefined;
  after(async () => (await opened)?.close());
  return async (work) =>
    work(
      await (opened ??= openRegistry(urlOf(), {
        tenantMigrations: migrationsOf?.(),
        idleMs: 60_000,
      })),
    );
}
