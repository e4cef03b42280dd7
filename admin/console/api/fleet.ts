// The state of all tenants.

import type { VersionCount } from "./migrations.ts";
import type { Status, Transition } from "./status.ts";
import type { ServiceState } from "./traffic.ts";

/** GET /api/fleet */
export interface Fleet {
  /** The database's name. */
  readonly database: string;
  readonly tenants: number;
  readonly newestVersion: number;
  /** The name of the newest migration; empty without migrations. */
  readonly newestMigration: string;
  /**
   * Why the folder of the migrations is not usable; null when it is. The versions are then those that the registry
   * recorded.
   */
  readonly migrationsProblem: string | null;
  readonly statuses: Readonly<Record<Status, number>>;
  /** By ascending version. */
  readonly versions: readonly VersionCount[];
  readonly attention: Attention;
  readonly budget: readonly BudgetFinding[];
  readonly services: readonly ServiceState[];
}

/** The tenants that need attention, and their number by reason. */
export interface Attention {
  readonly behind: number;
  /** The tenants whose last migration failed. */
  readonly failed: number;
  readonly inTransition: number;
  /** At most 200: first the failed ones, then those in transition, then those behind. */
  readonly tenants: readonly AttentionTenant[];
}

/** A tenant that needs attention. */
export interface AttentionTenant {
  readonly schemaName: string;
  readonly reason: "failed" | "transition" | "behind";
  readonly version: number;
  readonly transition: Transition | null;
  /** The reason in words. The message of a failure comes from PostgreSQL or from the migration. */
  readonly message: string;
  /** The SQLSTATE of a failure. */
  readonly sqlstate: string | null;
  /** The time of a failure. */
  readonly at: string | null;
}

/** One cost of the number of schemas. */
export interface BudgetFinding {
  readonly level: "ok" | "warn" | "unsafe";
  readonly check: string;
  readonly seen: string;
  /** The action to take; null when all is well. */
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
   * True when the sizes are those of the last vacuum or analyze: while a table is locked, while they are being
   * measured for the first time, and always with more than 5,000 tables. Ask again after a few seconds.
   */
  readonly estimated: boolean;
  readonly total: number;
  readonly schemaNames: readonly string[];
  readonly bytes: readonly number[];
  readonly tables: readonly number[];
  /** 0 active, 1 read-only, 2 suspended. */
  readonly statuses: readonly number[];
}
