// What a service knows of its databases between two requests. It holds no connection, so that a Worker's requests can
// share it.

import type { Database } from "../database.ts";
import { Shares } from "../pool/shares.ts";
import { Hints } from "./hints.ts";
import { Places } from "./places.ts";

// Writes that wait for the end of a move hold a place among the requests of their tenant: the rest stays for reads.
const MOST_WAITING_WRITES = 32;

/** The hints, and the counts of what is in progress. */
export class Routes {
  readonly hints: Hints = new Hints();
  readonly places: Places;
  /** The writes that wait for the end of their tenant's move. */
  readonly writes: Shares = new Shares({
    tenant: MOST_WAITING_WRITES,
    host: MOST_WAITING_WRITES,
    group: MOST_WAITING_WRITES,
  });

  /** @param maxInFlight the most messages and transactions in progress at all databases together */
  constructor(maxInFlight: number) {
    this.places = new Places(maxInFlight);
  }
}

/** The databases of a service. */
export interface Country {
  readonly databases: ReadonlyMap<string, Database>;
  readonly routes: Routes;
  /** How long a piece of work may take, in milliseconds; at most half of it looking for its database. */
  readonly timeoutMs: number;
  /** How long a write may wait for the end of its tenant's move, in milliseconds. */
  readonly waitMs: number;
}
