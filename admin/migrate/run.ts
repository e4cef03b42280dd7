// One run of the migrations, and a tenant during it.

import type { References } from "../inspect/reference/conformity.ts";
import type { BuildLimits } from "../migrations/commands/outside.ts";
import type { TenantMigrations } from "../migrations/ordered.ts";
import type { Registry } from "../registry/registry.ts";

/** The parameters of one run of the migrations. */
export interface MigrationRun {
  readonly registry: Registry;
  readonly migrations: TenantMigrations;
  /** A UUID, to tell runs apart in `rowhouse.migration_run`. */
  readonly runId: string;
  readonly target: number;
  /** Longest wait of a statement for a lock; statements of other sessions queue behind it. */
  readonly lockTimeoutMs: number;
  /** Most attempts for a tenant that is locked or whose connection was lost. */
  readonly attempts: number;
  readonly builds: BuildLimits;
  /** What a tenant is compared with in its last transaction; undefined for no comparison. */
  readonly references: References | undefined;
}

/** A tenant during a run. */
export interface Traveller {
  readonly schemaName: string;
  /** Its version when the run was planned. */
  readonly from: number;
  /** Its current version, as far as this run knows. */
  version: number;
  /** Whether this run has changed it. */
  moved: boolean;
  /** How it differed from its version before this run; undefined until it is asked for. */
  baseline?: ReadonlySet<string>;
}
