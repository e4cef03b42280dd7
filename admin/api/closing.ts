// What stands where a service has its database.

import type { Database } from "../../src/database/database.ts";

/** A database to which the API's routes send nothing; its end closes the registry. */
export function createClosing(close: () => Promise<void>): Database {
  const refuse = (): Promise<never> =>
    Promise.reject(new TypeError("Cannot send: the API sends nothing as the service role"));
  return { send: refuse, transaction: refuse, close };
}
