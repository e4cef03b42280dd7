// The errors that a client can see, in one table of codes. Only an AppError's text ever reaches a client; every
// other error becomes a fixed INTERNAL. Nothing here reads a database error's message, detail or query, because
// they hold values.

/** One kind of error: its code, its HTTP status and its title. */
export interface ErrorDefinition<Code extends string = string> {
  /** Capital letters, digits and "_", such as `NOTE_EMPTY`. */
  readonly code: Code;
  /** The HTTP status, 400 to 599. */
  readonly status: number;
  /** One sentence that is the same for every error of this code. */
  readonly title: string;
}

/** The status and title of an error, as {@link defineErrors} takes them. */
export type ErrorKind = Omit<ErrorDefinition, "code">;

const KINDS = {
  HOST_INVALID: { status: 400, title: "The host is not valid" },
  VALUE_INVALID: { status: 400, title: "A value is not acceptable" },
  BODY_INVALID: { status: 400, title: "The body is not acceptable" },
  TENANT_SUSPENDED: { status: 403, title: "The tenant is suspended" },
  TENANT_NOT_FOUND: { status: 404, title: "The tenant does not exist" },
  PATH_NOT_FOUND: { status: 404, title: "No route has this path" },
  METHOD_NOT_ALLOWED: { status: 405, title: "The path does not take this method" },
  BODY_TIMEOUT: { status: 408, title: "The body did not arrive in time" },
  BODY_TOO_LARGE: { status: 413, title: "The body is too large" },
  TENANT_READ_ONLY: { status: 423, title: "The tenant is read-only" },
  TENANT_BUSY: { status: 429, title: "The tenant has too much to do" },
  CLIENT_GONE: { status: 499, title: "The client closed the request" },
  RESULT_TOO_LARGE: { status: 500, title: "The result is too large" },
  INTERNAL: { status: 500, title: "The service failed" },
  OVERLOADED: { status: 503, title: "The service has too much to do" },
  DATABASE_UNAVAILABLE: { status: 503, title: "The database does not answer" },
  STATEMENT_TIMEOUT: { status: 504, title: "A statement took too long" },
} as const;

/** One of the library's own codes. */
export type ErrorCode = keyof typeof KINDS;

/**
 * The library's own errors by code. An application defines further ones with {@link defineErrors}.
 * An error is answered as `application/problem+json`: https://www.rfc-editor.org/rfc/rfc9457
 */
export const ERRORS: { readonly [Code in ErrorCode]: ErrorDefinition<Code> } = define(KINDS);

/**
 * Defines the errors of an application, for {@link AppError}.
 * @param kinds by code: its HTTP status, 400 to 599, and its title
 * @returns the definitions by code, frozen
 * @throws {TypeError} for a code of the library, a code that is not in capital letters, a status that is not
 *   between 400 and 599, an empty title
 * @example
 * ```ts
 * import { AppError, defineErrors } from "rowhouse";
 *
 * const errors = defineErrors({ NOTE_EMPTY: { status: 400, title: "The note is empty" } });
 *
 * export function checkNote(text: string): void {
 *   if (text === "") throw new AppError(errors.NOTE_EMPTY, "Cannot add note: its text is empty");
 * }
 * ```
 */
export function defineErrors<const Kinds extends Readonly<Record<string, ErrorKind>>>(
  kinds: Kinds,
): { readonly [Code in keyof Kinds & string]: ErrorDefinition<Code> } {
  for (const [code, { status, title }] of Object.entries(kinds)) {
    const fail = (problem: string): never => {
      throw new TypeError(`Cannot define error ${JSON.stringify(code)}: ${problem}`);
    };
    if (!/^[A-Z][A-Z0-9_]{0,63}$/.test(code)) fail("write the code in capital letters");
    if (Object.hasOwn(KINDS, code)) fail("the library has this code; choose another");
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      fail(`its status ${JSON.stringify(status)} is not between 400 and 599`);
    }
    if (typeof title !== "string" || title === "") fail("its title is empty");
  }
  return define(kinds);
}

function define<Kinds extends Readonly<Record<string, ErrorKind>>>(
  kinds: Kinds,
): { readonly [Code in keyof Kinds & string]: ErrorDefinition<Code> } {
  const entries = Object.entries(kinds).map(([code, { status, title }]) => {
    return [code, Object.freeze({ code, status, title })] as const;
  });
  return Object.freeze(Object.fromEntries(entries)) as {
    readonly [Code in keyof Kinds & string]: ErrorDefinition<Code>;
  };
}

/** The optional parts of an {@link AppError}. */
export interface AppErrorOptions {
  /** Headers of the answer, such as `allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** "unknown" when a message was sent and its answer is missing: its statements may have taken effect. */
  readonly outcome?: "unknown";
  /** The underlying error. The log describes it without its message; a client never sees it. */
  readonly cause?: unknown;
}

/**
 * An error whose text a client may read.
 * `message` states the action, a colon, what is, and what should be, with values in quotes.
 * @example
 * ```ts
 * import { AppError, type TenantExchange } from "rowhouse";
 *
 * export function readLimit({ query }: TenantExchange): number {
 *   const limit = Number(query["limit"] ?? 10);
 *   if (limit >= 1 && limit <= 100) return limit;
 *   throw new AppError("VALUE_INVALID", `Cannot list: limit "${limit}" is not between 1 and 100`);
 * }
 * ```
 */
export class AppError extends Error {
  override readonly name = "AppError";
  /** The code, the HTTP status and the title of the answer. */
  readonly definition: ErrorDefinition;
  /** Headers to add to the answer; every 429 and 503 has `retry-after` already. */
  readonly headers: Readonly<Record<string, string>>;
  /** "unknown" when it is not certain whether the statements took effect. */
  readonly outcome: "unknown" | undefined;

  /**
   * @param error a code of the library, or a definition that {@link defineErrors} made
   * @throws {TypeError} for a code that the library does not have
   */
  constructor(error: ErrorCode | ErrorDefinition, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    const definition = typeof error === "string" ? ERRORS[error] : error;
    if (definition === undefined) {
      throw new TypeError(
        `Cannot create error: the library does not have the code ${JSON.stringify(error)}; define it with defineErrors`,
      );
    }
    this.definition = definition;
    this.headers = options.headers ?? {};
    this.outcome = options.outcome;
  }

  /** The code, by which a client recognizes the error. */
  get code(): string {
    return this.definition.code;
  }

  /** The HTTP status of the answer. */
  get status(): number {
    return this.definition.status;
  }
}

/**
 * The SQLSTATE of a database error; undefined for any other error.
 * Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
 * @example
 * ```ts
 * import { sqlState, type Tenant, UNIQUE_VIOLATION } from "rowhouse";
 *
 * export async function reserve(tenant: Tenant, seat: number): Promise<boolean> {
 *   try {
 *     await tenant`insert into reservation (seat) values (${seat}) returning seat`;
 *     return true;
 *   } catch (error) {
 *     if (sqlState(error) === UNIQUE_VIOLATION) return false;
 *     throw error;
 *   }
 * }
 * ```
 */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const { code } = error;
  return typeof code === "string" && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** SQLSTATE 23505, unique_violation: the one that applications check most often. */
export const UNIQUE_VIOLATION = "23505";
