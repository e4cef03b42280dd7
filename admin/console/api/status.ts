// What a tenant may be.

/** What a tenant may be. */
export type Status = "active" | "read_only" | "suspended";

/** A change of a tenant that takes more than one transaction, and has not ended. */
export type Transition = "dropping" | "moving" | "moved" | "arriving";
