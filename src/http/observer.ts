// What a tenancy tells of its requests, and to whom: telemetry implements this.

import type { Database } from "../database/database.ts";
import type { AppError } from "../errors.ts";

/** Observes requests. */
export interface Observer {
  /**
   * A request has arrived.
   * @param trusted whether the request's headers may be believed, such as `traceparent`
   * @returns undefined when this request is not observed
   */
  begin(request: Request, trusted: boolean): Observation | undefined;
}

/** Observes one request. Nothing of it throws. */
export interface Observation {
  /** The same database, with this request's messages observed. */
  database(database: Database): Database;
  /** The request has been answered. */
  end(outcome: Outcome): void;
}

/** What became of a request. */
export interface Outcome {
  readonly status: number;
  /** From its arrival to its answer, in milliseconds. */
  readonly ms: number;
  /** The path pattern of its route. */
  readonly route: string | undefined;
  /** The schema of its tenant: the one that it entered, else the one that an earlier request of its host entered. */
  readonly schemaName: string | undefined;
  /** The error that it was answered with. */
  readonly failure: AppError | undefined;
}
