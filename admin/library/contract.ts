// The functions of the library, one for each verb.

import type {
  DeletedEvents,
  EventChoice,
  RegistryEvent,
  InitialiseOptions,
  InitialisedDatabase,
  InstallationStatus,
  Finding,
} from "./installation.ts";
import type {
  AdoptionOptions,
  AdoptionOutcome,
  AdoptionPlan,
  AdoptionSource,
  AdoptionSummary,
  CreationOutcome,
  CreationSummary,
  EachOptions,
  EachOutcome,
  EachSummary,
  ManyOptions,
  RefusedTenant,
  Repair,
  RepairOptions,
  RepairOutcome,
  RepairSummary,
  TenantChoice,
} from "./many.ts";
import type {
  MigrateOptions,
  MigrationChoice,
  MigrationOutcome,
  MigrationPlan,
  MigrationSummary,
} from "./migration.ts";
import type { Run } from "./run.ts";
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
   * database of {@link Admin.databases} its clients follow it.
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

/** The functions that work on many tenants, and the repair of one. */
export interface ManyFunctions {
  /** Creates the tenants of a list that do not exist yet: all of them at home, or in one other database. */
  createTenants(
    this: void,
    tenants: readonly NewTenant[],
    options?: ManyOptions & Pick<TenantChoice, "database">,
  ): Run<CreationOutcome, CreationSummary>;
  /** Runs one SQL command in each tenant, as its own role. */
  eachTenant(this: void, sql: string, options?: EachOptions): Run<EachOutcome, EachSummary>;
  /** Restores what a tenant lacks: its role, memberships and grants. */
  repairTenant(this: void, schemaName: string, options?: RepairOptions): Promise<Repair>;
  /**
   * Restores what tenants lack.
   * @param list names and patterns, as in `a,b,shop_*`
   */
  repairTenants(
    this: void,
    list: string,
    options?: Omit<RepairOptions, "onStep"> & ManyOptions & Pick<TenantChoice, "database">,
  ): Run<RepairOutcome, RepairSummary>;
}

/** The functions that make tenants of schemas that exist already. */
export interface AdoptionFunctions {
  /** Finds out what an adoption would do, and changes nothing. */
  planAdoption(
    this: void,
    source: AdoptionSource,
    options?: Pick<AdoptionOptions, "version" | "database">,
  ): Promise<AdoptionPlan>;
  /**
   * Makes tenants of schemas, with their rows. The refused ones come first. With a `database` that has one of them as a
   * tenant already, home gets a pointer to it.
   * @throws {AdminError} when one is refused, without `skipRefused`; nothing was changed then
   */
  adoptTenants(
    this: void,
    source: AdoptionSource,
    options?: AdoptionOptions,
  ): Run<AdoptionOutcome | RefusedTenant, AdoptionSummary>;
}

/** The functions that migrate tenants. */
export interface MigrationFunctions {
  /** Finds out what a run would do, and changes nothing. */
  planMigration(this: void, choice?: MigrationChoice): Promise<MigrationPlan>;
  /** Applies the pending shared migrations, and migrates every tenant that is behind. */
  migrate(this: void, options?: MigrateOptions): Run<MigrationOutcome, MigrationSummary>;
}

/** The functions that make an installation and examine it. */
export interface InstallationFunctions {
  /** Makes the database of `url`, home, ready for tenants. A second call migrates the registry, and changes nothing else. */
  initialise(this: void, options?: InitialiseOptions): Promise<InitialisedDatabase>;
  /** Examines the tenants, and changes nothing. Without `drift: false` it compares their tables with the migrations. */
  readStatus(
    this: void,
    options?: TenantChoice & { readonly drift?: boolean | undefined },
  ): Promise<InstallationStatus>;
  /** Checks that the installation keeps its tenants apart, and changes nothing; the pooler, too, with its URL. */
  examine(
    this: void,
    options?: Pick<TenantChoice, "database"> & { readonly serviceUrl?: string | undefined },
  ): Promise<readonly Finding[]>;
  /**
   * Reads who changed what, the newest last.
   * @throws {AdminError} `name_invalid`, or `option_invalid` for a verb that writes no events
   */
  readEvents(this: void, choice?: EventChoice): Promise<readonly RegistryEvent[]>;
  /** Deletes the events and the records of migrations that are older than `before`, in small transactions. */
  deleteEvents(
    this: void,
    before: Date,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<DeletedEvents>;
}

/** The admin library. Every function rejects with an {@link AdminError}, whose `code` a program decides by. */
export interface Admin
  extends
    TenantFunctions,
    TransferFunctions,
    ManyFunctions,
    AdoptionFunctions,
    MigrationFunctions,
    InstallationFunctions {
  /** The names of the databases, home first; only "home" where no other is configured. */
  readonly databases: readonly string[];
  /**
   * Returns the same functions in the name of another actor, over the same connections.
   * @param actor 1 to 100 characters, for the log of changes
   * @throws {AdminError} `option_invalid`
   */
  as(this: void, actor: string): Admin;
  /** Closes the connections, once the work on them has ended. */
  close(this: void): Promise<void>;
  /** As {@link Admin.close}, for `await using`. */
  [Symbol.asyncDispose](this: void): Promise<void>;
}
