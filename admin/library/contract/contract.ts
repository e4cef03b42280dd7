// The functions of the library, one for each verb: those for many tenants and for an installation, and all together.

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
import type { Run } from "../run.ts";
import type { NewTenant } from "./tenant.ts";
import type { TenantFunctions, TransferFunctions } from "./tenant-functions.ts";

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
