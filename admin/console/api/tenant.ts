// All of one tenant.

import type { Job } from "./job.ts";
import type { Status, Transition } from "./status.ts";

/** GET /api/tenants/SCHEMA */
export interface TenantDetail {
  readonly schemaName: string;
  readonly roleName: string;
  readonly hosts: readonly string[];
  readonly status: Status;
  readonly transition: Transition | null;
  /** What the transition means and what to do; null without. */
  readonly advice: string | null;
  readonly version: number;
  readonly newestVersion: number;
  readonly statementTimeoutMs: number;
  readonly createdAt: string;
  /** Null while somebody has a table locked. */
  readonly bytes: number | null;
  readonly tables: readonly TenantTable[];
  /** The newest first, at most 100. */
  readonly history: readonly MigrationRecord[];
  /** What is at work on it now. */
  readonly job: Job | null;
}

/** A table of a tenant. */
export interface TenantTable {
  readonly name: string;
  /** With its indexes and what is stored out of line; null while somebody has it locked. */
  readonly bytes: number | null;
  /** PostgreSQL's estimate; null before the first analyze. */
  readonly rows: number | null;
}

/** One migration that was run on a tenant. */
export interface MigrationRecord {
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly outcome: "migrated" | "failed";
  readonly ms: number;
  readonly sqlstate: string | null;
  readonly message: string | null;
  readonly finishedAt: string;
}
