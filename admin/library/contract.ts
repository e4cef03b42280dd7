// The functions of the library, one for each verb.

import type {
  ChangedTenant,
  CreatedTenant,
  NewTenant,
  Tenant,
  TenantChange,
  TenantHost,
} from "./tenant.ts";

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
  /** Reads every tenant, in the order of the schema names. */
  listTenants(this: void): Promise<readonly Tenant[]>;
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

/** The admin library. Every function rejects with an {@link AdminError}, whose `code` a program decides by. */
export interface Admin extends TenantFunctions {
  /** Closes the connections, once the work on them has ended. */
  close(this: void): Promise<void>;
  /** As {@link Admin.close}, for `await using`. */
  [Symbol.asyncDispose](this: void): Promise<void>;
}
