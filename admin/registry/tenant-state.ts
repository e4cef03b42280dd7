// The words for the state of a tenant.

/** The status of a tenant. */
export type TenantStatus = "active" | "read_only" | "suspended";

/** An unfinished change of a tenant that takes more than one transaction. */
export type Transition = "dropping" | "moving" | "moved" | "arriving";

/** The settings of a tenant that its handlers read. */
export type Settings = Readonly<Record<string, unknown>>;
