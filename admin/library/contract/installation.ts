// The arguments and results of the functions that make an installation and examine it.

import type { TenantStatus, Transition } from "../../registry/tenants/state.ts";

/** How a database is made ready for tenants; what is left out keeps its value of the first run. */
export interface InitialiseOptions {
  /** Create the database if it does not exist. */
  readonly create?: boolean | undefined;
  /** The role that the service connects as; `rowhouse_service` at first. */
  readonly serviceRole?: string | undefined;
  /** False: tenants do not have roles of their own, which isolates them less. True at first, but on Citus false. */
  readonly tenantRoles?: boolean | undefined;
  /** Schemas to share, behind each tenant's own in the search_path; created if missing. */
  readonly share?: readonly string[] | undefined;
  /** Schemas to take out of the shared ones. */
  readonly unshare?: readonly string[] | undefined;
}

/** A database that is ready for tenants. */
export interface InitialisedDatabase {
  /** Whether this call created the database. */
  readonly created: boolean;
  readonly serviceRole: string;
  readonly tenantRoles: boolean;
  /** Whether the server is the coordinator of a Citus cluster. */
  readonly citus: boolean;
  readonly createdRole: boolean;
  /** The migrations of the registry that this call applied. */
  readonly migrations: readonly string[];
  /** Whether PostgreSQL keeps tenant SQL from calling set_config; only a superuser can revoke it. */
  readonly setConfigRevoked: boolean;
  /** Functions that tenants may execute but should not, and that this role could not revoke. */
  readonly openFunctions: readonly string[];
  /** In the order of the search_path. */
  readonly sharedSchemas: readonly string[];
  /** The changes in the shared schemas. */
  readonly opened: {
    readonly created: readonly string[];
    readonly tables: readonly string[];
    readonly revoked: readonly string[];
    readonly unreadable: readonly string[];
  };
}

/** The state of an installation. */
export interface InstallationStatus {
  /** Whether a person has nothing to do. */
  readonly well: boolean;
  readonly newestVersion: number;
  readonly newestMigration: string;
  readonly tenants: readonly {
    readonly schemaName: string;
    readonly version: number;
    readonly status: TenantStatus;
    readonly transition: Transition | null;
    readonly peer: string | null;
  }[];
  /** By ascending version. */
  readonly versions: readonly {
    readonly version: number;
    readonly migration: string;
    readonly tenants: number;
  }[];
  readonly behind: readonly string[];
  /** Tenants whose last migration failed, and has not succeeded since. */
  readonly failed: readonly {
    readonly schemaName: string;
    readonly version: number;
    readonly to: number;
    readonly migration: string | null;
    readonly sqlstate: string | null;
    readonly message: string;
    readonly at: Date;
  }[];
  readonly suspended: readonly string[];
  readonly readOnly: readonly string[];
  readonly transitions: readonly {
    readonly schemaName: string;
    readonly transition: Transition;
    readonly advice: string;
  }[];
  /** The registry's own migrations that init-db has not yet run; empty when the registry is up to date. */
  readonly registryLacks: readonly string[];
  /** Why other functions refuse the folder of the tenant migrations; empty when they do not. */
  readonly problems: readonly string[];
  /** Objects and privileges that tenants lack. */
  readonly lacks: readonly {
    readonly schemaName: string;
    readonly roleName: string;
    readonly kind:
      | "schema"
      | "role"
      | "membership"
      | "usage"
      | "defaults"
      | "table"
      | "sequence"
      | "function"
      | "type"
      | "view";
    readonly object: string;
    readonly missing: string;
  }[];
  /** Privileges that others have on tenants' objects. */
  readonly excess: readonly { readonly schemaName: string; readonly problem: string }[];
  /** What does not belong to a tenant; undefined when only some tenants were asked for. */
  readonly strays:
    | {
        readonly schemas: readonly {
          readonly schemaName: string;
          readonly evidence: "tenant role" | "owner";
          readonly tables: number;
        }[];
        readonly roles: readonly string[];
      }
    | undefined;
  /** Undefined when it was not asked for, or could not be computed: `driftProblem` says why. */
  readonly drift:
    | {
        readonly compared: number;
        readonly drifted: readonly {
          readonly schemaName: string;
          readonly version: number;
          readonly differences: readonly string[];
        }[];
        readonly notCompared: readonly { readonly schemaName: string; readonly reason: string }[];
      }
    | undefined;
  readonly driftProblem: string | undefined;
  /** The problems of the Citus cluster; empty without Citus, or when only some tenants were asked for. */
  readonly cluster: readonly string[];
}

/** A finding of the doctor. */
export interface Finding {
  readonly level: "ok" | "warn" | "unsafe";
  /** The subject, such as `pooler`. */
  readonly check: string;
  readonly seen: string;
  /** The remedy; undefined when the finding does not need one. */
  readonly advice?: string;
}

/** Which events to read; all of them when nothing is given. */
export interface EventChoice {
  /** Those of the tenant that has or had this name, under each of its names. */
  readonly schemaName?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly actor?: string | undefined;
  /** The name of a verb, such as `suspend-tenant`. */
  readonly verb?: string | undefined;
  /** The newest ones, at most this many; 100 when left out. */
  readonly limit?: number | undefined;
}

/** A change of the registry: who made it, and when. */
export interface RegistryEvent {
  readonly at: Date;
  /** "unknown" for a migration that an older Rowhouse did. */
  readonly actor: string;
  readonly verb: string;
  /** Null for a change that does not concern one tenant. */
  readonly schemaName: string | null;
  /** What changed, never the value of a setting: a value by name, or `{ before, after }`. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** How many rows were deleted. */
export interface DeletedEvents {
  readonly events: number;
  /** Records of migrations. */
  readonly migrations: number;
}
