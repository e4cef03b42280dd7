// The work in progress: of this console, and of other programs.

import type { Job } from "./job.ts";
import type { MigrationState } from "./migrations.ts";
import type { Transition } from "./status.ts";

/** GET /api/work */
export interface Work {
  /** The running jobs, and the last ten that have ended, the newest first. */
  readonly jobs: readonly Job[];
  /** The migration run in progress; null when none is. */
  readonly migration: MigrationState | null;
  /** The number of the database's tenants in a transition that no job of this console works on, and the first 200 of them. */
  readonly elsewhereCount: number;
  readonly elsewhere: readonly ChangingTenant[];
}

/** A tenant that another program is changing, or has left in the middle. */
export interface ChangingTenant {
  readonly schemaName: string;
  readonly transition: Transition;
  /** What the transition means, and what to do. */
  readonly advice: string;
}
