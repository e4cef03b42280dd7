// A method of a path in the API's description, and the HEAD that comes with every GET.

import type { ApiCode } from "../errors.ts";
import type { Scope } from "../tokens/scope.ts";
import { type ApiAnswer, type ApiAnswers, describeErrors, type Schema } from "./parts.ts";

/** A method of a path: https://spec.openapis.org/oas/v3.1.1.html#operation-object */
export interface ApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Schema[];
  readonly requestBody?: Schema;
  /** The scope of its token; empty for a method that takes no token. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly responses: ApiAnswers;
}

/** A method of a path, as this API declares it. */
export interface ApiRoute extends Omit<ApiOperation, "security" | "responses"> {
  readonly scope?: Scope;
  readonly answers: Readonly<Record<number, ApiAnswer>>;
  /** The codes of its own errors, beside those of every method. */
  readonly codes?: readonly ApiCode[];
}

const ANY: readonly ApiCode[] = ["HOST_INVALID", "INTERNAL"];
const GUARDED: readonly ApiCode[] = [
  ...(["TOKEN_INVALID", "SCOPE_MISSING", "RATE_EXCEEDED", "TOKENS_UNREADABLE"] as const),
  ...(["OVERLOADED", "DATABASE_UNAVAILABLE", "RESULT_TOO_LARGE"] as const),
];
const CHANGE: readonly ApiCode[] = ["TENANT_CHANGING", "TENANT_IN_TRANSITION", "REFUSED"];
const BODY: readonly ApiCode[] = ["BODY_INVALID", "BODY_TIMEOUT", "BODY_TOO_LARGE"];

/** Describes a method that changes a tenant. */
export function describeChange({ codes = [], ...route }: ApiRoute): ApiOperation {
  const body = route.requestBody === undefined ? [] : BODY;
  return describe({ ...route, codes: [...codes, ...CHANGE, ...body] });
}

/** Describes GET, and HEAD with the same answers without their bodies. */
export function describeRead(route: ApiRoute): {
  readonly get: ApiOperation;
  readonly head: ApiOperation;
} {
  const get = describe(route);
  const bodiless = Object.entries(get.responses).map(([status, { description, headers }]) => {
    return [status, { description, headers }] as const;
  });
  const operationId = get.operationId.replace(/^get/, "head");
  return { get, head: { ...get, operationId, responses: Object.fromEntries(bodiless) } };
}

/** The answers to a path or a method that the API does not have. */
export function describeOther(code: ApiCode): ApiAnswers {
  return describeErrors([...ANY, code]);
}

function describe({ scope, answers, codes = [], ...rest }: ApiRoute): ApiOperation {
  const guarded = scope === undefined ? [] : GUARDED;
  return {
    ...rest,
    security: scope === undefined ? [] : [{ token: [scope] }],
    responses: { ...answers, ...describeErrors([...new Set([...codes, ...guarded, ...ANY])]) },
  };
}
