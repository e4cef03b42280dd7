// The requests and answers of the verbs on a tenant.

import type { Status } from "./status.ts";

/** The answer of a verb that changed a tenant's row. */
export interface ChangedTenant {
  readonly schemaName: string;
  readonly status: Status;
  readonly statementTimeoutMs: number;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The number of older transactions that still ran when the wait for them ended. */
  readonly stillRunning: number;
}

/** POST …/set: at least one of the fields. */
export interface TenantSettings {
  readonly readOnly?: boolean;
  /** 1 to 86,400,000. */
  readonly statementTimeoutMs?: number;
  /** Settings as set-tenant --set takes them: `plan=pro`, `seats:=25`. */
  readonly set?: readonly string[];
  /** Names of settings to remove. */
  readonly unset?: readonly string[];
}

/** POST …/add-host and …/remove-host; the answer has the host in the registry's form. */
export interface HostChange {
  readonly host: string;
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

/** POST …/drop */
export interface DropRequest {
  /** The schema's name, typed again; the server refuses any other text. */
  readonly confirm: string;
  /** Whether the server first exports the tenant into its folder of exports; true when left out. */
  readonly backup?: boolean;
}
