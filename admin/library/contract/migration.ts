// The arguments and outcomes of the functions that migrate tenants.

import type { AdminErrorCode } from "../../registry/admin-error.ts";
import type { ManyOptions, TenantChoice } from "./many.ts";

/** What is migrated. */
export interface MigrationChoice extends TenantChoice {
  /** The target, a migration's name or a version; the newest when left out. A way down loses data. */
  readonly to?: string | undefined;
  /** Only this many of the tenants that are behind, chosen at random. */
  readonly canary?: { readonly count: number } | { readonly percent: number } | undefined;
  /** Accept SQL files as they are that were edited after tenants got them. */
  readonly acceptEdited?: boolean | undefined;
  /** Let migrations that come before applied ones in the folder's order come next. */
  readonly allowLate?: boolean | undefined;
}

/** How tenants are migrated. */
export interface MigrateOptions extends MigrationChoice, ManyOptions {
  /** Start no more tenants after so many failures. */
  readonly maxFailures?: number | undefined;
  /** Longest wait for a lock before the next attempt; 1000 when left out. */
  readonly lockTimeoutMs?: number | undefined;
  /** Most attempts for a tenant that is locked; 12 when left out. */
  readonly attempts?: number | undefined;
  /** Limits of migrations without a transaction: how many at a time, and how long one command may take. */
  readonly builds?: { readonly atOnce: number; readonly timeoutMs: number } | undefined;
  /** False: do not compare each tenant with what the migrations make in an empty schema. */
  readonly compares?: boolean | undefined;
}

/** A notice about a file of a folder. */
export interface FileNotice {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
  readonly text: string;
}

/** A tenant that would be migrated. */
export interface PlannedTenant {
  readonly schemaName: string;
  readonly from: number;
  readonly to: number;
  /** In order, as in `up 0002-updated-at`. */
  readonly migrations: readonly string[];
}

/** What a run would do. */
export interface MigrationPlan {
  readonly target: number;
  /** The name of the newest migration of the target; empty for 0. */
  readonly targetMigration: string;
  readonly tenants: readonly PlannedTenant[];
  /** Tenants that cannot be migrated now. */
  readonly skipped: readonly { readonly schemaName: string; readonly reason: string }[];
  /** How many tenants the canary leaves for a later run. */
  readonly held: number;
  readonly folder: {
    /** The tool that wrote it. */
    readonly tool: string;
    readonly migrations: number;
    readonly withoutTransaction: readonly { readonly name: string; readonly file: string }[];
    readonly notices: readonly FileNotice[];
  };
  /** The shared migrations; undefined without a folder of them. */
  readonly shared:
    | {
        readonly tool: string;
        readonly pending: readonly { readonly name: string; readonly isTransactional: boolean }[];
        readonly notices: readonly FileNotice[];
      }
    | undefined;
}

/** One thing that a run did, or did not do. */
export type MigrationOutcome =
  | MigratedTenant
  | {
      /** A shared migration was applied, or an edited file was accepted as it is. */
      readonly outcome: "applied" | "accepted";
      readonly of: "shared" | "tenants";
      readonly name: string;
      readonly file: string;
    }
  | { readonly outcome: "skipped"; readonly schemaName: string; readonly reason: string };

/** The outcome of one tenant. A failure names the migration, its file, the line and the command. */
export interface MigratedTenant {
  /** `elsewhere`: another run migrated it. `gone`: it was dropped or moved after the run was planned. */
  readonly outcome: "migrated" | "failed" | "elsewhere" | "gone";
  readonly schemaName: string;
  readonly from: number;
  /** Its version now, and the name of its newest migration; empty at version 0. */
  readonly version: number;
  readonly newest: string;
  readonly ms: number;
  readonly migration?: string;
  readonly file?: string;
  readonly line?: number | undefined;
  readonly command?: string | undefined;
  /** Of a failure. */
  readonly code?: AdminErrorCode;
  readonly sqlstate?: string | undefined;
  readonly message?: string | undefined;
}

/** How many tenants had each outcome; `left` were not started. */
export interface MigrationSummary extends Readonly<
  Record<MigratedTenant["outcome"] | "left", number>
> {
  readonly target: number;
  readonly targetMigration: string;
  readonly skipped: number;
  readonly held: number;
}
