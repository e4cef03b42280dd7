// What is pending, and the runs that change that.

/** GET /api/migrations */
export interface Migrations {
  readonly newestVersion: number;
  readonly versions: readonly { readonly version: number; readonly tenants: number }[];
  /** By ascending number: each migration that some tenant lacks. */
  readonly pending: readonly PendingMigration[];
  /** How many tenants a run would migrate now. */
  readonly behind: number;
  /** The first 200 of them by name. */
  readonly tenants: readonly { readonly schemaName: string; readonly version: number }[];
  /** How many are behind but in transition, and the first 200 of them. */
  readonly skippedCount: number;
  readonly skipped: readonly { readonly schemaName: string; readonly reason: string }[];
  /** The run that is at work, else the last of this server; null when there was none. */
  readonly run: MigrationState | null;
}

/** A migration that some tenant lacks. */
interface PendingMigration {
  readonly number: number;
  readonly name: string;
  /** How many lack it. */
  readonly tenants: number;
}

/** POST /api/migrations/start; `{}` migrates all that are behind. */
export interface MigrationRequest {
  /** Only so many of them, chosen at random. */
  readonly canary?: { readonly count: number } | { readonly percent: number };
  /** Only these, as in `a,b,shop_*`. */
  readonly tenants?: string;
  /** Begins no more once so many have failed. */
  readonly maxFailures?: number;
}

/** A run of the migrations. */
export interface MigrationState {
  readonly id: string;
  /** "stopping" begins no more; "stopped" is its end; "broken" when it could not go on: see message. */
  readonly state: "running" | "stopping" | "done" | "stopped" | "broken";
  readonly isCanary: boolean;
  readonly target: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** How many tenants it is to migrate. */
  readonly total: number;
  readonly migrated: number;
  readonly failed: number;
  /** Migrated by another run, or dropped or moved meanwhile. */
  readonly elsewhere: number;
  /** Not begun or still at work. */
  readonly left: number;
  /** Left for later by the canary. */
  readonly held: number;
  /** Behind, but in transition. */
  readonly skipped: number;
  /** Over the last ten seconds. */
  readonly perSecond: number;
  /** Null before it can be told, and at the end. */
  readonly secondsLeft: number | null;
  /** The names, at most 200. */
  readonly tenants: readonly string[];
  /** The newest first, at most 200. */
  readonly failures: readonly MigrationFailure[];
  readonly message: string | null;
}

/** A tenant that a run did not migrate. It is as it was. */
export interface MigrationFailure {
  readonly schemaName: string;
  readonly version: number;
  readonly sqlstate: string | null;
  /** PostgreSQL's or the migration's own. */
  readonly message: string;
}
