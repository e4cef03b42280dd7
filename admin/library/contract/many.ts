// The arguments and outcomes of the functions that work on many tenants.

import type { AdminErrorCode } from "../../registry/admin-error.ts";
import type { TenantLine } from "../../tenant-list/lines.ts";

/** How a run over many tenants goes. */
export interface ManyOptions {
  /** How many tenants at once, from 1 to 62; half of the free connections, at most 8, when left out. */
  readonly concurrency?: number | undefined;
  /** After it is aborted, the run starts no more tenants. */
  readonly signal?: AbortSignal | undefined;
  /** Called once, with the names of the tenants, before the first of them. */
  readonly onStart?: ((schemaNames: readonly string[]) => void) | undefined;
}

/** Which tenants; all of home when left out. */
export interface TenantChoice {
  /** Those of this database, a name of `databases`; home when left out. */
  readonly database?: string | undefined;
  /** Names and patterns, as in `a,b,shop_*`. */
  readonly tenants?: string | undefined;
  /** Only tenants with these settings, each as `plan=pro`, or `seats:=25` for JSON. */
  readonly where?: readonly string[] | undefined;
}

/** The outcome of one tenant of a list; `existing`: it existed already, with these hosts. */
export interface CreationOutcome {
  /** Its place in the list, from 1. */
  readonly line: number;
  readonly schemaName: string;
  readonly hosts: readonly string[];
  readonly outcome: "added" | "existing" | "failed";
  /** Of a failure: its code, and why. */
  readonly code?: AdminErrorCode;
  readonly message?: string;
}

/** How many tenants had each outcome; `left` were not started. */
export type CreationSummary = Readonly<Record<CreationOutcome["outcome"] | "left", number>>;

/**
 * The schemas to adopt: a list, a pattern with hosts made from the names, or a query for `host` and `schema`. Only what
 * another database has as a tenant already needs no hosts.
 */
export type AdoptionSource =
  | { readonly lines: Iterable<TenantLine> | AsyncIterable<TenantLine> }
  | { readonly schemas: string; readonly hosts?: readonly string[] | undefined }
  | { readonly query: string };

/** How schemas are adopted. */
export interface AdoptionOptions extends ManyOptions, Pick<TenantChoice, "database"> {
  /** Their version of the migrations, by name or number; found by comparing their tables when left out. */
  readonly version?: string | undefined;
  /** Adopt the others when some are refused. */
  readonly skipRefused?: boolean | undefined;
}

/** A schema that can be adopted. */
export interface AdoptableTenant {
  readonly outcome: "adoptable";
  readonly line: number;
  readonly schemaName: string;
  readonly hosts: readonly string[];
  readonly version: number;
  /** The owner of the schema, who stays its owner. */
  readonly owner: string;
  readonly tables: number;
  readonly sequences: number;
  /** What a person should know and the adoption leaves as it is. */
  readonly notes: readonly string[];
  /** Whether its database has it as a tenant already: home gets a pointer to it, and nothing else changes. */
  readonly isTenant?: boolean;
}

/** A schema, or a line of the list, that cannot be adopted. */
export interface RefusedTenant {
  readonly outcome: "refused";
  readonly line: number;
  /** Undefined when the line has no valid name. */
  readonly schemaName: string | undefined;
  readonly reasons: readonly string[];
}

/** What an adoption would do. */
export interface AdoptionPlan {
  readonly adoptable: readonly AdoptableTenant[];
  /** How many an earlier run has adopted. */
  readonly existing: number;
  readonly refused: readonly RefusedTenant[];
  /** Lines for a person: each schema, each notice, and what every schema gets. */
  readonly lines: readonly string[];
  readonly notices: readonly string[];
  readonly grants: string;
}

/** The outcome of one schema. */
export interface AdoptionOutcome {
  readonly line: number;
  readonly schemaName: string;
  readonly hosts: readonly string[];
  readonly outcome: "adopted" | "existing" | "failed";
  readonly version?: number;
  /** Of a failure: its code, and why. */
  readonly code?: AdminErrorCode;
  readonly message?: string;
}

/** How many schemas had each outcome; `left` were not started. */
export interface AdoptionSummary extends Readonly<
  Record<AdoptionOutcome["outcome"] | "refused" | "left", number>
> {
  /** Lines for a person about what stays as it is. */
  readonly notices: readonly string[];
}

/** The command of {@link each}, and its limits. */
export interface EachOptions extends ManyOptions, TenantChoice {
  /** Commit in each tenant; otherwise its transaction is read-only. */
  readonly write?: boolean | undefined;
  /** Run as the owner of each schema: privileges and row policies do not limit the command. */
  readonly asOwner?: boolean | undefined;
  /** Longest time for one tenant; its own statement timeout when left out. */
  readonly timeoutMs?: number | undefined;
  /** How much is kept of each tenant's rows; 10,000 rows and 16 MiB when left out. */
  readonly keep?: { readonly rows: number; readonly characters: number } | undefined;
  /** Start no more tenants after so many failures. */
  readonly maxFailures?: number | undefined;
}

/** The result of a command in one tenant. */
export interface EachResult {
  /** Its tag, such as "SELECT" or "UPDATE". */
  readonly command: string;
  readonly columns: readonly { readonly name: string; readonly dataTypeID: number }[];
  /** Values as PostgreSQL writes them. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** The number of all rows; `rows` may hold only the first of them. */
  readonly rowCount: number;
}

/** The outcome of a command in one tenant. */
export type EachOutcome = { readonly schemaName: string } & (
  | { readonly outcome: "ran"; readonly result: EachResult }
  | { readonly outcome: "skipped"; readonly reason: string }
  | {
      readonly outcome: "failed";
      readonly code: AdminErrorCode;
      readonly sqlstate: string | undefined;
      readonly message: string;
    }
);

/** How many tenants had each outcome; `left` were not started. */
export type EachSummary = Readonly<Record<EachOutcome["outcome"] | "left", number>>;

/** How a tenant is repaired. */
export interface RepairOptions {
  /** Change nothing. */
  readonly plan?: boolean | undefined;
  /** Create a missing schema again, with empty tables: its former data is lost. */
  readonly emptySchema?: boolean | undefined;
  /** Called with each step before the first one runs. */
  readonly onStep?: ((step: string) => void) | undefined;
}

/** A repair, or its plan. */
export interface Repair {
  readonly steps: readonly string[];
  /** The problems that a person has to judge. */
  readonly told: readonly string[];
}

/** The outcome of the repair of one of many tenants. */
export type RepairOutcome = { readonly schemaName: string } & (
  | {
      readonly outcome: "repaired";
      readonly steps: readonly string[];
      /** The changes left to a person. */
      readonly left: readonly string[];
    }
  | { readonly outcome: "failed"; readonly code: AdminErrorCode; readonly message: string }
);

/** The number of tenants by outcome; `well` were complete already, and `left` were not begun. */
export type RepairSummary = Readonly<Record<"repaired" | "failed" | "well" | "left", number>>;
