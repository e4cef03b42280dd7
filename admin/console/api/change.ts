// What the verbs on a tenant take and answer.

import type { Status } from "./status.ts";

/** What the verbs on a tenant's row answer. */
export interface ChangedTenant {
  readonly schemaName: string;
  readonly status: Status;
  readonly statementTimeoutMs: number;
  /** How many transactions that began before still ran when the wait for them was given up. */
  readonly stillRunning: number;
}

/** POST …/set: one of them at least. */
export interface TenantSettings {
  readonly readOnly?: boolean;
  /** 1 to 86,400,000. */
  readonly statementTimeoutMs?: number;
}

/** POST …/add-host and …/remove-host; the answer has the host in the registry's form. */
export interface HostChange {
  readonly host: string;
}

/** POST …/rename */
export interface RenameRequest {
  readonly schemaName: string;
}

/** What a rename did. */
export interface RenamedTenant {
  readonly schemaName: string;
  readonly before: string;
  readonly stillRunning: number;
}

/** POST …/drop */
export interface DropRequest {
  /** The schema's name, typed once more; anything else is refused. */
  readonly confirm: string;
  /** Whether it is exported first, into the server's folder of exports; true when left out. */
  readonly backup?: boolean;
}
