// The state of all tenants.

import type { Status, Transition } from "./status.ts";
import type { ServiceState } from "./traffic.ts";

/** GET /api/fleet */
export interface Fleet {
  /** The database's name. */
  readonly database: string;
  readonly tenants: number;
  readonly newestVersion: number;
  readonly statuses: Readonly<Record<Status, number>>;
  /** By ascending version. */
  readonly versions: readonly { readonly version: number; readonly tenants: number }[];
  readonly attention: Attention;
  readonly budget: readonly BudgetFinding[];
  readonly services: readonly ServiceState[];
}

/** The tenants that somebody has to look at, and how many there are of each kind. */
export interface Attention {
  readonly behind: number;
  /** Whose last migration failed. */
  readonly failed: number;
  readonly inTransition: number;
  /** At most 200: the failed ones first, then those in transition, then those that are behind. */
  readonly tenants: readonly AttentionTenant[];
}

/** A tenant that somebody has to look at. */
export interface AttentionTenant {
  readonly schemaName: string;
  readonly reason: "failed" | "transition" | "behind";
  readonly version: number;
  readonly transition: Transition | null;
  /** Why, in words: a failure's message is PostgreSQL's or a migration's own. */
  readonly message: string;
  /** Of a failure. */
  readonly sqlstate: string | null;
  /** When a failure was. */
  readonly at: string | null;
}

/** One thing that so many schemas cost the server. */
export interface BudgetFinding {
  readonly level: "ok" | "warn" | "unsafe";
  readonly check: string;
  readonly seen: string;
  /** What to do; null where all is well. */
  readonly advice: string | null;
}

/** When the sizes of the tenants were read, and why they are not newer. */
export interface SizesState {
  /** Null before they were read for the first time. */
  readonly at: string | null;
  /** Why the last attempt to read them failed; null when it did not. */
  readonly problem: string | null;
}

/** GET /api/fleet/sizes: every tenant's size, the largest first. The arrays have one length. */
export interface FleetSizes extends SizesState {
  readonly at: string;
  /**
   * True when the sizes are those of the last vacuum or analyze: while a table is locked, and while they are
   * being measured for the first time. Ask again after a few seconds.
   */
  readonly estimated: boolean;
  readonly total: number;
  readonly schemaNames: readonly string[];
  readonly bytes: readonly number[];
  readonly tables: readonly number[];
  /** 0 active, 1 read-only, 2 suspended. */
  readonly statuses: readonly number[];
}
