// The pending migrations, and the runs that apply them.

/** GET /api/migrations */
export interface Migrations {
  readonly newestVersion: number;
  /** The name of the newest migration; empty without migrations. */
  readonly newestMigration: string;
  /** Why the folder of the migrations is not usable, and what is pending unknown; null when it is usable. */
  readonly problem: string | null;
  readonly versions: readonly VersionCount[];
  /** Each migration that some tenant lacks, by ascending number. */
  readonly pending: readonly PendingMigration[];
  /** The number of tenants that a run would migrate now. */
  readonly behind: number;
  /** The first 200 of them by name. */
  readonly tenants: readonly { readonly schemaName: string; readonly version: number }[];
  /** The number of tenants that are behind but in transition, and the first 200 of them. */
  readonly skippedCount: number;
  readonly skipped: readonly { readonly schemaName: string; readonly reason: string }[];
  /** The run in progress, otherwise the last run of this server; null before the first. */
  readonly run: MigrationState | null;
}

/** The tenants of one version. */
export interface VersionCount {
  readonly version: number;
  /** The name of its newest migration; empty for version 0. */
  readonly migration: string;
  readonly tenants: number;
}

/** A migration that some tenant lacks. */
interface PendingMigration {
  /** Its position, which is the version that it makes. */
  readonly number: number;
  readonly name: string;
  /** The number of tenants that lack it. */
  readonly tenants: number;
}

/** POST /api/migrations/start; `{}` migrates all that are behind. */
export interface MigrationRequest {
  /** The database whose tenants are migrated; home when left out. */
  readonly database?: string;
  /** Migrates only this number or part of them, chosen at random. */
  readonly canary?: { readonly count: number } | { readonly percent: number };
  /** Migrates only these, such as `a,b,shop_*`. */
  readonly tenants?: string;
  /** Starts no more tenants when this number of them has failed. */
  readonly maxFailures?: number;
}

/** The state of a migration run. */
export interface MigrationState {
  readonly id: string;
  /** "stopping": starts no more tenants. "stopped": ended early. "broken": an error ended it, see message. */
  readonly state: "running" | "stopping" | "done" | "stopped" | "broken";
  readonly isCanary: boolean;
  /** The database of its tenants; null where only one is configured. */
  readonly database: string | null;
  readonly target: number;
  /** The name of the target's newest migration; empty for version 0. */
  readonly targetMigration: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** The number of tenants to migrate. */
  readonly total: number;
  readonly migrated: number;
  readonly failed: number;
  /** Tenants that another run migrated, or that were dropped or moved during the run. */
  readonly elsewhere: number;
  /** Tenants that are not started or still in progress. */
  readonly left: number;
  /** Tenants that the canary leaves for later. */
  readonly held: number;
  /** Tenants that are behind, but in transition. */
  readonly skipped: number;
  /** Tenants per second, over the last ten seconds. */
  readonly perSecond: number;
  /** Null before it can be estimated, and at the end. */
  readonly secondsLeft: number | null;
  /** The names of the tenants to migrate, at most 200. */
  readonly tenants: readonly string[];
  /** The failures, the newest first, at most 200. */
  readonly failures: readonly MigrationFailure[];
  readonly message: string | null;
}

/** A tenant whose migration failed. The failed migration changed nothing. */
export interface MigrationFailure {
  readonly schemaName: string;
  readonly version: number;
  readonly sqlstate: string | null;
  /** The place in the migration's file, and the message of PostgreSQL or of the migration. */
  readonly message: string;
}
