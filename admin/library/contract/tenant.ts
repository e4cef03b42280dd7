// The arguments and results of the functions that create, change, list and rename tenants.

import type {
  Settings,
  TenantPage,
  TenantStatus,
  Transition,
} from "../../registry/tenants/state.ts";

export type { Settings, TenantPage, TenantStatus, Transition };

/** A tenant to create. */
export interface NewTenant {
  /** 1 to 48 characters of a-z, 0-9 and `_`, not beginning with a digit, not reserved. */
  readonly schemaName: string;
  /** At least one: a name, a name with a port, or `*.` before a name. International names become ASCII. */
  readonly hosts: readonly string[];
  /** What its handlers read, such as its plan: at most 8192 bytes of JSON, and not for secrets. */
  readonly settings?: Settings | undefined;
  /** Milliseconds, from 1 to 86,400,000; 10,000 when left out. */
  readonly statementTimeoutMs?: number | undefined;
  /** The database in which it is created: a name of `databases`; home when left out. */
  readonly database?: string | undefined;
}

/** A tenant that was created; the service answers for it from now on. */
export interface CreatedTenant {
  readonly schemaName: string;
  /** In the form in which the registry stores them. */
  readonly hosts: readonly string[];
}

/** A tenant as the registry has it. */
export interface Tenant {
  readonly schemaName: string;
  readonly status: TenantStatus;
  /** How many of the migrations it has. */
  readonly version: number;
  /** The name of its newest migration; empty at version 0. */
  readonly migration: string;
  readonly statementTimeoutMs: number;
  readonly settings: Settings;
  readonly createdAt: Date;
  /** The unfinished change that it is in; null for none. */
  readonly transition: Transition | null;
  /** The other database of a move, as host, port and name. */
  readonly peer: string | null;
  /** In alphabetical order. */
  readonly hosts: readonly string[];
  /** The database where it is; left out where only one is configured. */
  readonly database?: string;
}

/** A change of a tenant; what is left out stays. */
export interface TenantChange {
  /** Whether the service refuses its writes with 423 TENANT_READ_ONLY. */
  readonly readOnly?: boolean | undefined;
  /** Milliseconds, from 1 to 86,400,000. */
  readonly statementTimeoutMs?: number | undefined;
  /** Settings to set, by name; others stay. */
  readonly set?: Settings | undefined;
  /** Names of settings to remove; the tenant may lack them. */
  readonly unset?: readonly string[] | undefined;
}

/** The state of a tenant after a change. */
export interface ChangedTenant {
  readonly schemaName: string;
  readonly status: TenantStatus;
  readonly statementTimeoutMs: number;
  readonly settings: Settings;
  /** How many transactions that began before the change still ran after 30 s; seldom another number than 0. */
  readonly stillRunning: number;
}

/** A host, and the tenant that has it or had it. */
export interface TenantHost {
  /** In the form in which the registry stores it. */
  readonly host: string;
  readonly schemaName: string;
}
