// One change of a tenant at a time. A second one is answered at once, and does not wait: a client that repeats a request
// would otherwise fill the service with copies of it.

import { AppError } from "../../src/errors.ts";
import { API_ERRORS, BUSY_SECONDS } from "./errors.ts";

/** The changes in progress. */
export class Turns {
  readonly #verbs = new Map<string, string>();

  /**
   * Runs a change of a tenant.
   * @param verb the verb that makes the same change, such as "suspend-tenant"
   * @throws {AppError} TENANT_CHANGING while another one runs
   */
  async take<T>(schemaName: string, verb: string, work: () => Promise<T>): Promise<T> {
    const other = this.#verbs.get(schemaName);
    if (other !== undefined) {
      throw new AppError(
        API_ERRORS.TENANT_CHANGING,
        `Cannot change tenant: another request changes "${schemaName}" (${other}); try again later`,
        { headers: { "retry-after": String(BUSY_SECONDS) } },
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
