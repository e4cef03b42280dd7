// The requests and answers of the verbs on a tenant.

import type { Status } from "./status.ts";

/** What the API's changes of a tenant's status and timeout answer with. */
export interface TenantState {
  readonly schemaName: string;
  readonly status: Status;
  readonly statementTimeoutMs: number;
  /** The number of older transactions that still ran when the wait for them ended. */
  readonly stillRunning: number;
}

/** POST …/rename */
export interface RenameRequest {
  readonly schemaName: string;
}

/** The answer of a rename. */
export interface RenamedTenant {
  readonly schemaName: string;
  readonly before: string;
  readonly stillRunning: number;
}

/** POST …/move */
export interface MoveRequest {
  /** One of the tenant's `databases`. */
  readonly database: string;
}

/** POST …/drop */
export interface DropRequest {
  /** The schema's name, typed again; the server refuses any other text. */
  readonly confirm: string;
  /** Whether the server first exports the tenant into its folder of exports; true when left out. */
  readonly backup?: boolean;
}
