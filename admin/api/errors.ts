// The errors of the API, and the ones that the admin library's errors become.

import {
  AppError,
  defineErrors,
  type ErrorCode,
  type ErrorDefinition,
  ERRORS,
} from "../../src/errors.ts";
import type { AdminErrorCode } from "../registry/admin-error.ts";
import { AdminError } from "../registry/admin-error.ts";
import { toOneLine } from "../print/visible.ts";

/** The codes of the API's own errors. */
type OwnCode =
  | "NAME_INVALID"
  | "SETTINGS_INVALID"
  | "TOKEN_INVALID"
  | "SCOPE_MISSING"
  | "HOST_NOT_FOUND"
  | "NAME_TAKEN"
  | "HOST_TAKEN"
  | "TENANT_CHANGING"
  | "TENANT_IN_TRANSITION"
  | "REFUSED"
  | "RATE_EXCEEDED"
  | "MIGRATION_FAILED"
  | "TOKENS_UNREADABLE";

const OWN: { readonly [Code in OwnCode]: ErrorDefinition<Code> } = defineErrors({
  NAME_INVALID: { status: 400, title: "The name is not acceptable as a schema's" },
  SETTINGS_INVALID: { status: 400, title: "The settings are not acceptable" },
  TOKEN_INVALID: { status: 401, title: "The token is missing or not valid" },
  SCOPE_MISSING: { status: 403, title: "The token may not do this" },
  HOST_NOT_FOUND: { status: 404, title: "The tenant does not have the host" },
  NAME_TAKEN: { status: 409, title: "The name belongs to something else" },
  HOST_TAKEN: { status: 409, title: "The host belongs to a tenant already" },
  TENANT_CHANGING: { status: 409, title: "Another change of the tenant is in progress" },
  TENANT_IN_TRANSITION: { status: 409, title: "A drop, a move or a creation is unfinished" },
  REFUSED: { status: 409, title: "The change is not possible" },
  RATE_EXCEEDED: { status: 429, title: "The token sends too many requests" },
  MIGRATION_FAILED: { status: 500, title: "A migration of the new tenant failed" },
  TOKENS_UNREADABLE: { status: 503, title: "The service cannot read its tokens" },
});

/** One of the codes that the API answers with. */
export type ApiCode = OwnCode | ErrorCode;

/** The errors of the API by code: its own, and those of the library. */
export const API_ERRORS: { readonly [Code in ApiCode]: ErrorDefinition<Code> } = {
  ...ERRORS,
  ...OWN,
};

/** Tells a client to wait before it repeats a change of a tenant that another one is changing. */
export const BUSY = { headers: { "retry-after": "1" } } as const;

const CODE_OF: { readonly [Code in AdminErrorCode]: ApiCode } = {
  tenant_exists: "NAME_TAKEN",
  name_taken: "NAME_TAKEN",
  host_taken: "HOST_TAKEN",
  tenant_not_found: "TENANT_NOT_FOUND",
  host_not_found: "HOST_NOT_FOUND",
  tenant_busy: "TENANT_CHANGING",
  tenant_in_transition: "TENANT_IN_TRANSITION",
  name_invalid: "NAME_INVALID",
  host_invalid: "HOST_INVALID",
  settings_invalid: "SETTINGS_INVALID",
  option_invalid: "VALUE_INVALID",
  migration_failed: "MIGRATION_FAILED",
  migrations_invalid: "INTERNAL",
  registry_missing: "INTERNAL",
  database_unavailable: "DATABASE_UNAVAILABLE",
  database_error: "INTERNAL",
  refused: "REFUSED",
};

// The library's messages of these may tell what is in the database. The log has them.
const FIXED: Partial<Record<ApiCode, string>> = {
  INTERNAL: "Cannot answer: the service failed",
  MIGRATION_FAILED: "Cannot create tenant: a migration failed; nothing was changed",
  DATABASE_UNAVAILABLE: "Cannot answer: the database does not answer; send the same request again",
};

/** The answer to any thrown value: for an {@link AdminError} the one of its code, with its message for a client. */
export function toApiError(error: unknown): unknown {
  if (!(error instanceof AdminError)) return error;
  const code = CODE_OF[error.code];
  return answerWith(code, FIXED[code] ?? withoutAdvice(error.message), error);
}

/** The same for an operator, who may read the whole message. What the operator can mend is not an error of the service. */
export function toOperatorError(error: AdminError): AppError {
  const code = CODE_OF[error.code];
  const detail = toOneLine(error.message, "; ");
  return answerWith(code === "INTERNAL" ? "REFUSED" : code, detail, error);
}

function answerWith(code: ApiCode, detail: string, cause: AdminError): AppError {
  const options = code === "TENANT_CHANGING" ? { ...BUSY, cause } : { cause };
  return new AppError(API_ERRORS[code], detail, options);
}

/** A message without its end that names verbs: a client does not have them. */
function withoutAdvice(message: string): string {
  const at = message.lastIndexOf("; ");
  const end = message.slice(at + 1);
  return at >= 0 && /^[^;"]*$/.test(end) && /\bsee /.test(end) ? message.slice(0, at) : message;
}
