// A registry that stays open for the tests of a suite, as that of a long-running program does: a connection that is new
// plans every query of the catalogs anew.

import { type Registry, withRegistry } from "../../admin/registry/registry.ts";

/** Passes the suite's registry to `work`. */
export type WithRegistry = <T>(work: (registry: Registry) => Promise<T>) => Promise<T>;

/**
 * Opens a registry at its first use, and closes it after the suite.
 * @param urlOf returns the admin role's URL at the first use
 * @param migrationsOf returns the folder of the tenant migrations; that of the example when left out
 */
export function useRegistry(urlOf: () => string, migrationsOf?: () => string): WithRegistry {
  let registry: Promise<Registry> | undefined;
  let closed: Promise<void> | undefined;
  let close: () => void = () => {};
  const open = (): Promise<Registry> =>
    new Promise((resolve, reject) => {
      const isOver = new Promise<void>((end) => (close = end));
      closed = withRegistry(
        urlOf(),
        (opened) => {
          resolve(opened);
          return isOver;
        },
        migrationsOf?.(),
      ).catch(reject);
    });
  after(async () => {
    close();
    await closed;
  });
  return async (work) => work(await (registry ??= open()));
}
