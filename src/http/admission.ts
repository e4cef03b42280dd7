// Limits how many requests are in progress at once, in total and for each tenant. A request whose body is still
// arriving does not take a place, so a client that sends slowly does not block others.

import { type Share, Shares } from "../database/pool/shares.ts";
import { AppError } from "../errors.ts";
import type { Limits } from "./limits.ts";

// The part of all places that the unknown hosts of one group may take; the rest stays for other hosts. Right after
// the start of a service, most of its hosts are unknown.
const PART_OF_GROUP = 15 / 16;

/** One request, from its arrival to its answer. */
export interface Visit {
  /**
   * Admits the request, or throws.
   * @param share the share that the request counts for, such as its tenant's; the first one given stays
   * @throws {AppError} OVERLOADED while the service is full or shuts down; TENANT_BUSY when the share is full
   */
  admit(share?: Share): void;
  /** Gives up the request's places while `work` runs, then takes them again. Throws as {@link admit} does. */
  aside<T>(work: () => Promise<T>): Promise<T>;
  /** The request has been answered. */
  end(): void;
}

/** The requests in progress, counted against the limits. */
export class Admission {
  readonly #limits: Pick<Limits, "inFlight" | "tenantInFlight">;
  readonly #shares: Shares;
  #inFlight = 0;
  /** All requests, including those that gave up their places for a while. */
  #open = 0;
  #draining: Promise<void> | undefined;
  #drained = (): void => {};

  constructor(limits: Pick<Limits, "inFlight" | "tenantInFlight">) {
    this.#limits = limits;
    const { inFlight, tenantInFlight: one } = limits;
    const group = Math.max(one, Math.floor(inFlight * PART_OF_GROUP));
    this.#shares = new Shares({ tenant: one, host: one, group });
  }

  /** Counts a request that has arrived. The caller must call `end`, whatever the outcome. */
  begin(): Visit {
    let share: Share | undefined;
    let placed = true;
    this.#open += 1;
    this.#inFlight += 1;
    const leave = (): void => {
      if (!placed) return;
      placed = false;
      this.#inFlight -= 1;
      this.#shares.leave(share);
    };
    const admit = (given?: Share): void => {
      this.#check();
      if (share !== undefined || given === undefined) return;
      this.#checkShare(given);
      this.#shares.take(given);
      share = given;
    };
    return {
      admit,
      aside: async (work) => {
        leave();
        const value = await work();
        this.#checkShare(share);
        this.#inFlight += 1;
        this.#shares.take(share);
        placed = true;
        this.#check();
        return value;
      },
      end: () => {
        leave();
        this.#open -= 1;
        if (this.#open === 0) this.#drained();
      },
    };
  }

  /** Stops admitting requests. Resolves when the last request has ended; may be called again. */
  drain(): Promise<void> {
    this.#draining ??= new Promise((resolve) => {
      this.#drained = resolve;
      if (this.#open === 0) resolve();
    });
    return this.#draining;
  }

  #check(): void {
    if (this.#draining !== undefined) {
      throw new AppError("OVERLOADED", "Cannot start: the service is shutting down");
    }
    if (this.#inFlight > this.#limits.inFlight) {
      throw new AppError("OVERLOADED", "Cannot start: too many requests are in progress");
    }
  }

  #checkShare(share: Share | undefined): void {
    if (this.#shares.allows(share)) return;
    throw new AppError(
      "TENANT_BUSY",
      "Cannot start: too many requests of this tenant are in progress",
    );
  }
}
