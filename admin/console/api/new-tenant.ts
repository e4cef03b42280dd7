// The request that clones a tenant, and the check of what a person types.

/** POST /api/tenants/check; any of them may be missing, and the name empty. */
export interface NewTenantWish {
  readonly schemaName?: string;
  readonly hosts?: readonly string[];
  /** Each as `NAME=TEXT`, or `NAME:=JSON`, as set-tenant --set takes them. */
  readonly settings?: readonly string[];
  /** Home when left out. */
  readonly database?: string;
}

/** POST …/clone; the new tenant. */
export interface CloneRequest {
  readonly schemaName: string;
  /** At least one. */
  readonly hosts: readonly string[];
  /** Whether it gets the rows; true when left out. */
  readonly rows?: boolean;
  /** Leave out manual changes that cannot be copied, instead of refusing; false when left out. */
  readonly lossy?: boolean;
}

/** The answer to a {@link NewTenantWish}. */
export interface NewTenantCheck {
  /** A schema name made of the first host; empty when the host does not give one. */
  readonly proposal: string;
  /** What creating this tenant would refuse in the parts that are there. */
  readonly problems: readonly {
    readonly field: "schemaName" | "hosts" | "settings" | "database";
    readonly message: string;
  }[];
}
