// The way of one piece of work to the database of its tenant. It begins at the hint or at home, and follows the
// registries. What is sent again was undone by PostgreSQL as a whole: nothing of it has happened.

import { AppError, sqlState } from "../../errors.ts";
import type { Database } from "../database.ts";
import type { Share } from "../pool/shares.ts";
import { type Claim, overloaded } from "../pool/waiting-line.ts";
import { HOME, isMoving, narrowEntry, nearestEntry } from "./names.ts";
import { Patience } from "./patience.ts";
import { endless, namedDatabase, unconfigured } from "./route-failure.ts";
import type { Routes } from "./routes.ts";

// The hint, home, and the database that home names.
const MOST_ASKED = 3;
// read_only_sql_transaction
const READ_ONLY = "25006";

/** The databases of a service. */
export interface Country {
  readonly databases: ReadonlyMap<string, Database>;
  readonly routes: Routes;
  /** How long a piece of work may look for its database, in milliseconds. */
  readonly searchMs: number;
  /** How long a write may wait for the end of its tenant's move, in milliseconds. */
  readonly waitMs: number;
}

/** A database, and the entry with which it is asked. */
export interface Stop {
  readonly name: string;
  readonly entry: string;
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

/** Thrown by a transaction before its work begins, when a move keeps its tenant read-only. */
export class StillMoving extends Error {
  override readonly name = "StillMoving";
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
  /** Whether it counts among the waiting writes of its tenant; it does until it has ended. */
  #isWaiting = false;

  constructor(country: Country, piece: Piece<T>) {
    this.#country = country;
    this.#piece = piece;
    this.#nearest = nearestEntry(piece.entry);
    this.#patience = new Patience(country.waitMs, piece.signal);
    this.#share = { key: this.#nearest };
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
        ? { name: HOME, entry: this.#piece.entry }
        : { name: hint, entry: this.#nearest };
    for (let asked = 1; ; asked += 1) {
      this.#hasAskedHome ||= stop.name === HOME;
      try {
        const value = await this.#ask(stop);
        // A tenant that has moved home needs its old database no more.
        if (asked > 1 && stop.name === HOME) routes.hints.forget(this.#nearest);
        else if (asked > 1 && stop.entry === this.#nearest) {
          routes.hints.learn(this.#nearest, stop.name);
        }
        return value;
      } catch (error) {
        const next = this.#piece.isBegun() ? undefined : this.#next(error);
        if (next === undefined) throw error;
        if (asked === MOST_ASKED) throw endless(next.name);
        if (performance.now() - this.#started > this.#country.searchMs) {
          throw overloaded("its database was not found in time");
        }
        stop = next;
      }
    }
  }

  /** Where to ask after an error; undefined when the error is the answer. */
  #next(error: unknown): Stop | undefined {
    const { databases, routes } = this.#country;
    const state = sqlState(error);
    if (state === "RH301") {
      const name = namedDatabase(error);
      const found: unknown = Reflect.get(Object(error), "hint");
      const entry = typeof found === "string" && narrowEntry(this.#piece.entry, found);
      if (!databases.has(name) || !entry) throw unconfigured(name);
      return { name, entry };
    }
    if (this.#hasAskedHome) return undefined;
    const isLost = error instanceof AppError && error.code === "DATABASE_UNAVAILABLE";
    if (state !== "RH404" && !isLost) return undefined;
    // The tenant may have left a database that is lost: the next request asks home.
    routes.hints.forget(this.#nearest);
    return isLost ? undefined : { name: HOME, entry: this.#piece.entry };
  }

  async #ask(stop: Stop): Promise<T> {
    let [isKnown, wasActive, mayWait] = [false, false, true];
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
        if (!isUnbegun && !isKnown) {
          const state = await this.#readState(stop);
          // Where it is active twice, something else than its status refuses the write.
          if (state === "read_only" || (state === "active" && wasActive)) throw error;
          [isKnown, wasActive] = [state === "moving", true];
        }
        mayWait = await this.#wait();
        if (!mayWait && !isUnbegun) throw error;
      }
    }
  }

  /** Waits a little for the end of a move; returns false at once when too many writes of the tenant wait. */
  async #wait(): Promise<boolean> {
    const { writes } = this.#country.routes;
    if (!this.#isWaiting) {
      if (!writes.allows(this.#share)) return false;
      writes.take(this.#share);
      this.#isWaiting = true;
    }
    await this.#patience.pause();
    return true;
  }

  /** Why a tenant has refused a write. It may be active by now, and its move may have ended: then this throws RH301. */
  async #readState({ name, entry }: Stop): Promise<"moving" | "active" | "read_only"> {
    const { owner, signal } = this.#piece;
    const statements = ["show transaction_read_only"];
    const { entered, results } = await this.#at({ name, entry }, (database) =>
      database.send({ entry, owner, signal, statements }),
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
    return routes.places.run(name, async (answered) => {
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
