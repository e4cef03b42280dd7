// The interface through which a tenancy reports its requests. Telemetry implements it.

import type { Database } from "../database/database.ts";
import type { AppError } from "../errors.ts";

/** Observes requests. */
export interface Observer {
  /**
   * Called when a request has arrived.
   * @param trusted whether headers such as `traceparent` come from a trusted proxy
   * @returns undefined when this request is not observed
   */
  begin(request: Request, trusted: boolean): Observation | undefined;
}

/** Observes one request. Its methods do not throw. */
export interface Observation {
  /** Wraps the database so that this request's messages are observed. */
  database(database: Database): Database;
  /** Called when the request has been answered. */
  end(outcome: Outcome): void;
}

/** The outcome of a request. */
export interface Outcome {
  readonly status: number;
  /** The time from its arrival to its answer, in milliseconds. */
  readonly ms: number;
  /** The path pattern of its route. */
  readonly route: string | undefined;
  /** The tenant's schema: the one that the request entered, else the last one that its host entered. */
  readonly schemaName: string | undefined;
  /** The error that it was answered with. */
  readonly failure: AppError | undefined;
}
