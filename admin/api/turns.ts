// One change of a tenant at a time. A second one is answered at once, and does not wait: a client that repeats a request
// would otherwise fill the service with copies of it.

import { AppError } from "../../src/errors.ts";
import { API_ERRORS, BUSY } from "./errors.ts";

/** Lets changes of a tenant happen one after another. */
export interface Turns {
  /**
   * Runs a change of a tenant.
   * @param verb the verb that makes the same change, such as "suspend-tenant"
   * @throws {AppError} TENANT_CHANGING while another one runs
   */
  take<T>(schemaName: string, verb: string, work: () => Promise<T>): Promise<T>;
}

/** The changes in progress. */
export class ChangesInProgress implements Turns {
  readonly #verbs = new Map<string, string>();

  async take<T>(schemaName: string, verb: string, work: () => Promise<T>): Promise<T> {
    const other = this.#verbs.get(schemaName);
    if (other !== undefined) {
      throw new AppError(
        API_ERRORS.TENANT_CHANGING,
        `Cannot change tenant: another request changes "${schemaName}" (${other}); try again later`,
        BUSY,
      );
    }
    this.#verbs.set(schemaName, verb);
    try {
      return await work();
    } finally {
      this.#verbs.delete(schemaName);
    }
  }
}
