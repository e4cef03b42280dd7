// The databases of the installation.

/**
 * GET /api/databases: home first. Empty where only one is configured.
 *
 * The fleet, its sizes, the list of tenants, the migrations and the work in progress are those of one database:
 * `?database=NAME` of each names it, and home is meant when it is left out.
 */
export type Databases = readonly DatabaseState[];

/** A database, and its tenants in figures. */
export interface DatabaseState {
  readonly name: string;
  /** Null while the database does not answer. */
  readonly figures: DatabaseFigures | null;
  /** Why `figures` is null, and what to do. */
  readonly problem: string | null;
}

/** The tenants of a database, and those that need attention by reason. */
export interface DatabaseFigures {
  readonly tenants: number;
  readonly failed: number;
  readonly inTransition: number;
  readonly behind: number;
}
