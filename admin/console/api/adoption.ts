// The adoption of schemas that exist already.

/** POST /api/adoptions/plan */
export interface AdoptionWish {
  /** Names and patterns, such as `a,tenant_*`. */
  readonly schemas: string;
  /**
   * Hosts with `{schema}`, or `{*}` for what the `*` of the pattern stands for; at least one, unless the schemas are
   * tenants of another database already, to which home does not have a pointer.
   */
  readonly hosts: readonly string[];
  /** The version of all of them, by name or number; found by comparing their tables when left out. */
  readonly version?: string;
  /** The database of the schemas; home when left out. */
  readonly database?: string;
}

/** POST /api/adoptions */
export interface AdoptionRequest extends AdoptionWish {
  /** Of the plan that the person saw. Any other plan is refused. */
  readonly plan: string;
}

/** What an adoption would do. */
export interface AdoptionPlanView {
  /** The same for the same adoptable tenants, hosts and versions. */
  readonly plan: string;
  /** The number of tenants that it would make, and a line for each, at most 200. */
  readonly adoptable: number;
  readonly lines: readonly string[];
  /** The number of schemas that are tenants with these hosts already. */
  readonly existing: number;
  /** The number of refused schemas, and the first 200 of them with the reasons. They stay as they are. */
  readonly refused: number;
  readonly refusals: readonly { readonly name: string; readonly reasons: readonly string[] }[];
  /** What a person should know. */
  readonly notices: readonly string[];
  /** What every schema gets. */
  readonly grants: string;
}
