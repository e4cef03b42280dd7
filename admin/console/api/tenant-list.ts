// The list of tenants, a page at a time.

import type { SizesState } from "./fleet.ts";
import type { Status, Transition } from "./status.ts";

/** The columns that sort the list. */
export type TenantSort =
  "schemaName" | "host" | "status" | "version" | "statementTimeoutMs" | "createdAt" | "bytes";

/** The filters of the list, one for each count of the fleet. */
export type TenantFilter = Status | "behind" | "failed" | "transition";

/** GET /api/tenants: the parameters, all optional. */
export interface TenantQuery {
  /** A part of the schema's name or of a host. */
  readonly search?: string;
  readonly only?: TenantFilter;
  /** "schemaName" when left out. */
  readonly sort?: TenantSort;
  /** "asc" when left out. */
  readonly order?: "asc" | "desc";
  /** 0 when left out. */
  readonly offset?: number;
  /** 1 to 200; 50 when left out. */
  readonly limit?: number;
}

/** GET /api/tenants */
export interface TenantPage {
  /** The number of tenants that match. */
  readonly total: number;
  readonly offset: number;
  readonly tenants: readonly TenantLine[];
  /** Of the sizes in the list. */
  readonly sizes: SizesState;
  /** Of a search in home's list among all states: the tenants of other databases that match, at most 200, by name. */
  readonly elsewhere: readonly { readonly schemaName: string; readonly database: string }[];
}

/** A tenant in a list. */
export interface TenantLine {
  readonly schemaName: string;
  /** The first three by name. */
  readonly hosts: readonly string[];
  readonly hostCount: number;
  readonly status: Status;
  readonly transition: Transition | null;
  readonly version: number;
  /** The name of its newest migration; empty for version 0. */
  readonly migration: string;
  /** Whether its last migration failed. */
  readonly failed: boolean;
  readonly statementTimeoutMs: number;
  readonly createdAt: string;
  /** Null while it is unknown. */
  readonly bytes: number | null;
}
