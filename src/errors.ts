// The errors that a client can see: one table of codes, and the way from PostgreSQL's SQLSTATE to a
// code. Only an AppError's text ever reaches a client; whatever else was thrown becomes a fixed
// INTERNAL. Nothing here reads a database error's message, detail or query: they hold values.

/** One kind of error: what a client tells it by, its HTTP status, and its title. */
export interface ErrorDefinition<Code extends string = string> {
  /** Capital letters, digits and "_", such as `NOTE_EMPTY`. */
  readonly code: Code;
  /** The HTTP status, 400 to 599. */
  readonly status: number;
  /** One sentence that is the same for every error of this code. */
  readonly title: string;
}

/** What {@link defineErrors} takes for a code. */
export type ErrorKind = Omit<ErrorDefinition, "code">;

const KINDS = {
  HOST_INVALID: { status: 400, title: "The Host header names no valid host" },
  VALUE_INVALID: { status: 400, title: "A value is not acceptable" },
  BODY_INVALID: { status: 400, title: "The body is not acceptable" },
  TENANT_SUSPENDED: { status: 403, title: "The tenant is suspended" },
  TENANT_NOT_FOUND: { status: 404, title: "No tenant has this host" },
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
 * The library's own errors by code. An application adds its own with {@link defineErrors}.
 * The answer's form is RFC 9457, `application/problem+json`.
 */
export const ERRORS: { readonly [Code in ErrorCode]: ErrorDefinition<Code> } = define(KINDS);

/**
 * Defines the errors of an application, for {@link AppError}.
 * @param kinds by code: its HTTP status, 400 to 599, and its title
 * @returns the definitions by code, frozen
 * @throws {TypeError} for a code of the library, a code that is not in capital letters, a status that is no
 *   error's, a title that is empty
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

/** What an {@link AppError} may carry beside its code and its text. */
export interface AppErrorOptions {
  /** Headers of the answer, such as `allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** "unknown" when a message was sent and no answer came: its statements may have taken effect. */
  readonly outcome?: "unknown";
  /** The error underneath: logged in its redacted form, never sent to a client. */
  readonly cause?: unknown;
}

/**
 * An error whose text a client may read.
 * `message` states the action, a colon, what is, and what should be, with values in quotes.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  /** The code, the HTTP status and the title of the answer. */
  readonly definition: ErrorDefinition;
  /** Headers to add to the answer; `retry-after` is added to every 429 and 503. */
  readonly headers: Readonly<Record<string, string>>;
  /** "unknown" when the database may have done what the message said, or not. */
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
        `Cannot make error: the library has no code ${JSON.stringify(error)}; define it with defineErrors`,
      );
    }
    this.definition = definition;
    this.headers = options.headers ?? {};
    this.outcome = options.outcome;
  }

  /** What a client tells the error by. */
  get code(): string {
    return this.definition.code;
  }

  /** The HTTP status of the answer. */
  get status(): number {
    return this.definition.status;
  }
}

/**
 * The SQLSTATE of a database error, or undefined when `error` is none.
 * Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const { code } = error;
  return typeof code === "string" && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** SQLSTATE 23505, unique_violation: what an application asks for most. */
export const UNIQUE_VIOLATION = "23505";
