// The error whose message a verb prints unchanged.

/**
 * The codes of {@link AdminError}, each with what it means. A code stays; a message may change.
 */
export const ADMIN_ERRORS = {
  tenant_exists: "The tenant exists already, with these hosts: an earlier call has created it",
  name_taken: "Another tenant, or a schema or role that is not a tenant's, has the name",
  host_taken: "The host belongs to a tenant already",
  tenant_not_found: "The tenant does not exist",
  host_not_found: "The host does not belong to the tenant, or to any tenant",
  tenant_busy: "Another call or verb is changing the tenant: try again later",
  tenant_in_transition: "A drop, a move or a creation of the tenant is unfinished",
  name_invalid: "The text is not acceptable as the name of a schema",
  host_invalid: "The text is not acceptable as a host",
  settings_invalid: "The settings have a name or a value that is not acceptable, or are too large",
  option_invalid: "An option has a value that is not acceptable",
  migration_failed: "A migration failed: the error says where, and the SQLSTATE",
  migrations_invalid:
    "The folder of migrations is missing or malformed, or contradicts the registry",
  registry_missing: "The database does not have a registry, or an older one",
  database_unavailable:
    "The database does not answer, or refuses the connection, or the connection was lost",
  database_error: "PostgreSQL refused a command: the error has its SQLSTATE",
  refused: "Anything else: the message says what is wrong and what to do",
} as const;

/** One of the codes. */
export type AdminErrorCode = keyof typeof ADMIN_ERRORS;

/** The optional parts of an {@link AdminError}. */
export interface AdminErrorOptions {
  /** "refused" when left out. */
  readonly code?: AdminErrorCode;
  readonly cause?: unknown;
}

/** An error for the operator: "Cannot" and the action, the problem, a semicolon, the remedy. */
export class AdminError extends Error {
  override readonly name = "AdminError";
  /** What a program decides by. */
  readonly code: AdminErrorCode;

  constructor(message: string, { code = "refused", ...options }: AdminErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }

  /** The SQLSTATE of PostgreSQL's error; undefined without one. */
  get sqlstate(): string | undefined {
    return undefined;
  }

  /** What --json adds to the message. */
  get details(): Readonly<Record<string, unknown>> {
    return {};
  }
}
