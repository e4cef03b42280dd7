// The functions of the library for one tenant, one for each verb.

import type {
  ChangedTenant,
  CreatedTenant,
  NewTenant,
  Tenant,
  TenantChange,
  TenantHost,
  TenantPage,
} from "./tenant.ts";
import type {
  CloneOptions,
  ClonedTenant,
  DropOptions,
  DroppedRemnants,
  DroppedTenant,
  ExportOptions,
  ExportedTenant,
  ImportOptions,
  ImportedTenant,
  MoveOptions,
  MovedTenant,
  RenamedTenant,
} from "./transfer.ts";

/** The functions that create, find and change one tenant. */
export interface TenantFunctions {
  /**
   * Creates a tenant: its schema, role, tables and hosts, or nothing of it.
   * @throws {AdminError} `tenant_exists` when an earlier call has created it with these hosts; `name_taken`,
   *   `host_taken`, `name_invalid`, `host_invalid`, `settings_invalid`, `option_invalid`, `migration_failed`,
   *   `tenant_busy`, `tenant_in_transition`
   */
  createTenant(this: void, tenant: NewTenant): Promise<CreatedTenant>;
  /** Reads a tenant; undefined when it does not exist. */
  findTenant(this: void, schemaName: string): Promise<Tenant | undefined>;
  /** Reads every tenant, or a part of the list, in the order of the schema names. */
  listTenants(this: void, page?: TenantPage): Promise<readonly Tenant[]>;
  /**
   * Adds a host to a tenant. The service answers the next request to it for the tenant.
   * @throws {AdminError} `host_taken`, also when this tenant has it; `host_invalid`, `tenant_not_found`,
   *   `tenant_in_transition`
   */
  addHost(this: void, schemaName: string, host: string): Promise<TenantHost>;
  /**
   * Removes a host. The service answers the next request to it with 404.
   * @param schemaName the tenant that must have it; any tenant when left out
   * @throws {AdminError} `host_not_found`, `host_invalid`, `tenant_in_transition`
   */
  removeHost(this: void, host: string, schemaName?: string): Promise<TenantHost>;
  /**
   * Makes the service refuse every request of a tenant, and waits until earlier messages have ended.
   * @throws {AdminError} `tenant_not_found`, `tenant_in_transition`
   */
  suspendTenant(this: void, schemaName: string): Promise<ChangedTenant>;
  /**
   * Ends a tenant's suspension and restores the status that it had before.
   * @throws {AdminError} `tenant_not_found`, `tenant_in_transition`
   */
  resumeTenant(this: void, schemaName: string): Promise<ChangedTenant>;
  /**
   * Sets whether a tenant accepts writes, its statement timeout and its settings. All apply to messages that begin
   * from now on.
   * @throws {AdminError} `tenant_not_found`, `settings_invalid`, `option_invalid`, `tenant_in_transition`
   */
  setTenant(this: void, schemaName: string, change: TenantChange): Promise<ChangedTenant>;
}

/** The functions that copy, move, rename and drop tenants. */
export interface TransferFunctions {
  /**
   * Renames a tenant: its schema, its role and its registry rows, while the service serves it. Its hosts stay.
   * @throws {AdminError} `tenant_not_found`, `name_taken`, `name_invalid`, `tenant_in_transition`, or `refused` when a
   *   text that PostgreSQL does not update contains the old name
   */
  renameTenant(this: void, from: string, to: string): Promise<RenamedTenant>;
  /**
   * Creates a copy of a tenant, with the rows that it has at one moment.
   * @throws {AdminError} as {@link TenantFunctions.createTenant}, and `tenant_not_found`
   */
  cloneTenant(this: void, from: string, options: CloneOptions): Promise<ClonedTenant>;
  /** Writes the state of a tenant at one moment into a new file, a zip, while the service serves it. */
  exportTenant(
    this: void,
    schemaName: string,
    file: string,
    options?: ExportOptions,
  ): Promise<ExportedTenant>;
  /**
   * Creates a tenant from a file of {@link TransferFunctions.exportTenant}.
   * @throws {AdminError} as {@link TenantFunctions.createTenant}, and `refused` when the file is damaged or wants more
   *   than the options allow
   */
  importTenant(this: void, file: string, options: ImportOptions): Promise<ImportedTenant>;
  /**
   * Moves a tenant with its hosts to another database that is initialised. The same call again continues it. To a
   * database of `Admin.databases` its clients follow it.
   */
  moveTenant(this: void, schemaName: string, options: MoveOptions): Promise<MovedTenant>;
  /**
   * Drops a tenant: suspends it, exports it, imports the file on trial, and removes the tenant. The same call again
   * continues it.
   */
  dropTenant(this: void, schemaName: string, options: DropOptions): Promise<DroppedTenant>;
  /** Drops the old copies that moves of a tenant have left in other databases. The tenant itself stays as it is. */
  dropRemnants(
    this: void,
    schemaName: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<DroppedRemnants>;
}
