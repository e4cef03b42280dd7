// The states of a tenant.

/** A tenant's status. */
export type Status = "active" | "read_only" | "suspended";

/** An unfinished change of a tenant that takes more than one transaction. */
export type Transition = "dropping" | "moving" | "moved" | "arriving";
