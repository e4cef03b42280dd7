// How many requests may be in progress at once: all together, and those of one tenant. A request whose body is
// still arriving takes no place: a client that sends slowly keeps nobody else out.

import { type Share, Shares } from "../database/shares.ts";
import { AppError } from "../errors.ts";
import type { Limits } from "./limits.ts";

// Of hosts under one domain whose tenants are not known yet; the rest is for all others. Most of a service's hosts
// may be such when it has just started.
const PART_OF_GROUP = 15 / 16;

/** One request, from its arrival to its answer. */
export interface Visit {
  /**
   * Lets the request go on, or refuses it.
   * @param share what the request counts as, such as its tenant; once given, it stays
   * @throws {AppError} OVERLOADED while the service is full or shuts down; TENANT_BUSY when the share is full
   */
  admit(share?: Share): void;
  /** Gives up the request's places while `work` runs, and takes them again. Errors: as {@link admit}. */
  aside<T>(work: () => Promise<T>): Promise<T>;
  /** The request has been answered. */
  end(): void;
}

/** Counts requests. */
export class Admission {
  readonly #limits: Pick<Limits, "inFlight" | "tenantInFlight">;
  readonly #shares: Shares;
  #inFlight = 0;
  /** Those aside included. */
  #open = 0;
  #draining: Promise<void> | undefined;
  #drained = (): void => {};

  constructor(limits: Pick<Limits, "inFlight" | "tenantInFlight">) {
    this.#limits = limits;
    const { inFlight, tenantInFlight: one } = limits;
    const group = Math.max(one, Math.floor(inFlight * PART_OF_GROUP));
    this.#shares = new Shares({ tenant: one, host: one, group });
  }

  /** A request has arrived: call `end` whatever becomes of it. */
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

  /** From now on nothing is admitted. Resolves when no request is in progress; may be called again. */
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
