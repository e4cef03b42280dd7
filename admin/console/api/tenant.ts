// One tenant in full.

import type { Job } from "./job.ts";
import type { Status, Transition } from "./status.ts";

/** GET /api/tenants/SCHEMA */
export interface TenantDetail {
  readonly schemaName: string;
  readonly roleName: string;
  readonly hosts: readonly string[];
  readonly status: Status;
  readonly transition: Transition | null;
  /** The meaning of the transition and what to do; null without a transition. */
  readonly advice: string | null;
  readonly version: number;
  /** The name of its newest migration; empty for version 0. */
  readonly migration: string;
  readonly newestVersion: number;
  readonly statementTimeoutMs: number;
  /** What its handlers read, as set-tenant --set writes it. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  /** Null while a table is locked. */
  readonly bytes: number | null;
  readonly tables: readonly TenantTable[];
  /** The newest first, at most 100. */
  readonly history: readonly MigrationRecord[];
  /** The newest first, at most 20, since the tenant was created; migrations are among them. */
  readonly events: readonly TenantEvent[];
  /** The running job; null when no job runs. */
  readonly job: Job | null;
  /** The database where it is, and those to which it can be moved; null and empty where only one is configured. */
  readonly database: string | null;
  readonly databases: readonly string[];
}

/** A table of a tenant. */
export interface TenantTable {
  readonly name: string;
  /** Includes indexes and what is stored out of line; null while the table is locked. */
  readonly bytes: number | null;
  /** PostgreSQL's estimate; null before the first analyze. */
  readonly rows: number | null;
}

/** A change of the tenant's registry row or hosts. */
export interface TenantEvent {
  readonly at: string;
  /** The person or program that made it. */
  readonly actor: string;
  readonly verb: string;
  /** What changed, in one line. */
  readonly change: string;
}

/** One run of migrations on a tenant. */
export interface MigrationRecord {
  readonly fromVersion: number;
  readonly toVersion: number;
  /** The migration's name; null where an older Rowhouse did not record it. */
  readonly migration: string | null;
  readonly outcome: "migrated" | "failed";
  readonly ms: number;
  readonly sqlstate: string | null;
  readonly message: string | null;
  readonly finishedAt: string;
}
