// The way of one piece of work to the database of its tenant. It begins at the hint or at home, and follows the
// registries. What is sent again was undone by PostgreSQL as a whole: nothing of it has happened.

import { AppError, sqlState } from "../../errors.ts";
import type { Database } from "../database.ts";
import { refusalState } from "../refusal.ts";
import type { Share } from "../pool/shares.ts";
import { type Claim, overloaded } from "../pool/waiting-line.ts";
import { HOME, isMoving, narrowEntry, nearestEntry } from "./names.ts";
import { Patience, StillMoving } from "./patience.ts";
import { endless, namedDatabase, unconfigured } from "./route-failure.ts";
import type { Country } from "./routes.ts";

// The hint, home, and the database that home names.
const MOST_ASKED = 3;
// read_only_sql_transaction
const READ_ONLY = "25006";

/** A database, and the entry with which it is asked. */
export interface Stop {
  readonly name: string;
  readonly entry: string;
  /** When the work must have ended, on the clock of `performance.now()`. */
  readonly until: number;
}

/** A piece of work. */
export interface Piece<T> extends Claim {
  /** The entry with all names of the tenant. */
  readonly entry: string;
  /**
   * Does the work at a database. It throws {@link StillMoving} before it begins where it may wait and must.
   * @param answered to be called when something has come from the database
   */
  run(database: Database, stop: Stop, mayWait: boolean, answered: () => void): Promise<T>;
  /** Whether it has done something beyond the database: then it is not done again. */
  isBegun(): boolean;
}

/** The way of one piece of work; made for one. */
export class Journey<T> {
  readonly #country: Country;
  readonly #piece: Piece<T>;
  readonly #nearest: string;
  readonly #patience: Patience;
  readonly #started = performance.now();
  readonly #share: Share;
  #hasAskedHome = false;
  /** The failure of a hint's database that could not be reached. */
  #unreached: { readonly name: string; readonly error: AppError } | undefined;
  /** Whether it counts among the waiting writes of its tenant; it does until it has ended. */
  #isWaiting = false;

  constructor(country: Country, piece: Piece<T>) {
    this.#country = country;
    this.#piece = piece;
    this.#nearest = nearestEntry(piece.entry);
    this.#patience = new Patience(country.waitMs, piece.signal);
    this.#share = piece.owner ?? { key: this.#nearest };
  }

  /** Does the work. Throws as `Database.send` does, and DATABASE_UNAVAILABLE for a route that has no end. */
  async run(): Promise<T> {
    try {
      return await this.#search();
    } finally {
      if (this.#isWaiting) this.#country.routes.writes.leave(this.#share);
    }
  }

  async #search(): Promise<T> {
    const { databases, routes } = this.#country;
    const hint = routes.hints.find(this.#nearest);
    let stop: Stop =
      hint === undefined || hint === HOME || !databases.has(hint)
        ? this.#stopAt(HOME, this.#piece.entry)
        : this.#stopAt(hint, this.#nearest);
    for (let asked = 1; ; asked += 1) {
      this.#hasAskedHome ||= stop.name === HOME;
      try {
        const value = await this.#ask(stop);
        const isElsewhere = stop.name !== HOME && stop.entry === this.#nearest;
        if (asked > 1 && isElsewhere) routes.hints.learn(this.#nearest, stop.name);
        return value;
      } catch (error) {
        const next = this.#piece.isBegun() ? undefined : this.#next(error, stop.name);
        if (next === undefined) throw error;
        if (asked === MOST_ASKED) throw endless(next.name);
        if (performance.now() - this.#started > this.#country.timeoutMs / 2) {
          throw this.#unreached?.error ?? overloaded("its database was not found in time");
        }
        stop = next;
      }
    }
  }

  /** Where to ask after an error of a database; undefined when the error is the answer. */
  #next(error: unknown, from: string): Stop | undefined {
    const { databases, routes } = this.#country;
    const state = refusalState(error);
    const isLost = error instanceof AppError && error.code === "DATABASE_UNAVAILABLE";
    // A hint that has not led to the tenant is worth nothing, whatever the reason. What succeeds makes the next one.
    if (!this.#hasAskedHome && (state !== undefined || isLost)) routes.hints.forget(this.#nearest);
    if (state === "RH301") {
      const name = namedDatabase(error);
      if (this.#unreached?.name === name) throw this.#unreached.error;
      const found: unknown = Reflect.get(Object(error), "hint");
      const entry = typeof found === "string" && narrowEntry(this.#piece.entry, found);
      if (!databases.has(name) || !entry) throw unconfigured(name);
      return this.#stopAt(name, entry);
    }
    if (this.#hasAskedHome) return undefined;
    // Where the outcome is unknown, only the next request asks home.
    if (isLost && error.outcome === undefined) this.#unreached = { name: from, error };
    else if (state === undefined) return undefined;
    return this.#stopAt(HOME, this.#piece.entry);
  }

  #stopAt(name: string, entry: string): Stop {
    return { name, entry, until: this.#started + this.#country.timeoutMs };
  }

  async #ask(stop: Stop): Promise<T> {
    let [wasActive, mayWait] = [false, true];
    for (;;) {
      const waits = mayWait && this.#patience.isOpen;
      try {
        return await this.#at(stop, (database, answered) =>
          this.#piece.run(database, stop, waits, answered),
        );
      } catch (error) {
        if (!waits || this.#piece.isBegun()) throw error;
        const isUnbegun = error instanceof StillMoving;
        if (!isUnbegun && sqlState(error) !== READ_ONLY) throw error;
        let state = isUnbegun ? "moving" : await this.#readState(stop);
        // Asked by the entry alone: what stands before the write in its message would run each time.
        while (state === "moving" && (mayWait = await this.#wait())) {
          state = await this.#readState(stop);
        }
        // Where it is active twice, something else than its status refuses the write.
        if (!isUnbegun && (state !== "active" || wasActive)) throw error;
        wasActive = true;
      }
    }
  }

  /** Waits a little for the end of a move; returns false at once when it, or the tenant's writes, have waited enough. */
  async #wait(): Promise<boolean> {
    const { writes } = this.#country.routes;
    if (!this.#patience.isOpen) return false;
    if (!this.#isWaiting) {
      if (!writes.allows(this.#share)) return false;
      writes.take(this.#share);
      this.#isWaiting = true;
    }
    await this.#patience.pause();
    return true;
  }

  /** Why a tenant has refused a write. It may be active by now, and its move may have ended: then this throws RH301. */
  async #readState(stop: Stop): Promise<"moving" | "active" | "read_only"> {
    const { owner, signal } = this.#piece;
    const statements = ["show transaction_read_only"];
    const { entry, until } = stop;
    const { entered, results } = await this.#at(stop, (database) =>
      database.send({ entry, owner, signal, until, statements }),
    );
    if (isMoving(entered)) return "moving";
    return results[0]?.[0]?.["transaction_read_only"] === "off" ? "active" : "read_only";
  }

  #at<V>(
    { name }: Stop,
    work: (database: Database, answered: () => void) => Promise<V>,
  ): Promise<V> {
    const { databases, routes } = this.#country;
    const database = databases.get(name);
    if (database === undefined) throw unconfigured(name);
    return routes.places.run(name, this.#piece, async (answered) => {
      try {
        const value = await work(database, answered);
        answered();
        return value;
      } catch (error) {
        if (!(error instanceof AppError)) answered();
        throw error;
      }
    });
  }
}
