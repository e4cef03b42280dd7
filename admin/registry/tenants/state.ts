// The words for the state of a tenant.

/** The status of a tenant. */
export type TenantStatus = "active" | "read_only" | "suspended";

/** An unfinished change of a tenant that takes more than one transaction. */
export type Transition = "dropping" | "moving" | "moved" | "arriving";

/** The settings of a tenant that its handlers read. */
export type Settings = Readonly<Record<string, unknown>>;

/** A part of the list of tenants. */
export interface TenantPage {
  /** The schema name before the first one; the beginning when left out. */
  readonly after?: string | undefined;
  /** The most tenants; all when left out. */
  readonly limit?: number | undefined;
  /** Only those of this database, with what moves have left there; the tenants of all when left out. */
  readonly database?: string | undefined;
}
