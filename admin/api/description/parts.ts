// The parts of the API's description: headers, schemas, and the answers to errors.

import type { ErrorDefinition } from "../../../src/errors.ts";
import { LONGEST_TIMEOUT_MS } from "../../lifecycle/status.ts";
import { API_ERRORS, type ApiCode } from "../errors.ts";
import { MOST_HOSTS } from "../body.ts";
import { PAGE } from "../page.ts";

/** A JSON Schema of 2020-12; `$ref` names a schema of the document. */
export type Schema = Readonly<Record<string, unknown>>;

/** A header of an answer. */
export interface ApiHeader {
  readonly description: string;
  /** Whether every answer that names it has it. */
  readonly required: boolean;
  readonly schema: Schema;
}

/** One answer. */
export interface ApiAnswer {
  readonly description: string;
  /** References by name, in lower case; an answer has no other headers. */
  readonly headers: Readonly<Record<string, Schema>>;
  readonly content?: Readonly<Record<string, { schema: Schema; example?: unknown }>>;
}

/** Answers by status. */
export type ApiAnswers = Readonly<Record<string, ApiAnswer>>;

const TEXT: Schema = { type: "string" };
const REQUEST_ID = refer("RequestId");

/** Headers for `components`. */
export const HEADERS: Readonly<Record<string, ApiHeader>> = {
  "x-request-id": {
    description: "The identifier of this request, also in the log",
    required: true,
    schema: REQUEST_ID,
  },
  "cache-control": {
    description: "A client must not cache the answer",
    required: true,
    schema: { ...TEXT, const: "no-store" },
  },
  "retry-after": {
    description: "The time to wait, in seconds; with 429, 503 and the 409 TENANT_CHANGING",
    required: false,
    schema: { type: "integer", minimum: 1 },
  },
  "www-authenticate": {
    description: "RFC 6750: what is wrong with the token, and the scope that it lacks",
    required: true,
    schema: { ...TEXT, pattern: "^Bearer " },
  },
  allow: {
    description: "The methods that the path takes",
    required: true,
    schema: { ...TEXT, pattern: "^[A-Z]+(?:, [A-Z]+)*$" },
  },
};

const NAME: Schema = { ...TEXT, pattern: "^[a-z_][a-z0-9_]{0,47}$" };
const HOSTS: Schema = { type: "array", items: TEXT };
const SETTINGS: Schema = { type: "object", description: "At most 8192 bytes of JSON" };
const DATABASE: Schema = { ...TEXT, description: "Its database, where several are configured" };
const STATUS: Schema = { enum: ["active", "read_only", "suspended"] };
const TIMEOUT: Schema = { type: "integer", minimum: 1, maximum: LONGEST_TIMEOUT_MS };
const RUNNING: Schema = {
  description: "Transactions that began before the change and still ran after 30 s",
  type: "integer",
  minimum: 0,
};

/** Schemas for `components`. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  RequestId: { ...TEXT, pattern: "^[A-Za-z0-9_.-]{1,64}$" },
  SchemaName: NAME,
  NewTenant: {
    type: "object",
    properties: {
      schemaName: NAME,
      hosts: { ...HOSTS, minItems: 1, maxItems: MOST_HOSTS },
      settings: SETTINGS,
      database: DATABASE,
    },
    required: ["schemaName", "hosts"],
    additionalProperties: false,
  },
  CreatedTenant: object({ schemaName: NAME, hosts: HOSTS }),
  Tenant: object(
    {
      schemaName: NAME,
      status: STATUS,
      version: { type: "integer", minimum: 0 },
      migration: TEXT,
      statementTimeoutMs: TIMEOUT,
      settings: SETTINGS,
      createdAt: { ...TEXT, pattern: "^\\d{4}-\\d\\d-\\d\\dT" },
      transition: { enum: ["dropping", "moving", "moved", "arriving", null] },
      hosts: HOSTS,
    },
    { database: DATABASE },
  ),
  Tenants: object({
    items: { type: "array", items: refer("Tenant"), maxItems: PAGE.most },
    next: { description: "`after` of the next page; null on the last", type: ["string", "null"] },
  }),
  TenantHost: object({ host: TEXT, schemaName: NAME }),
  TenantStatus: object({
    schemaName: NAME,
    status: STATUS,
    statementTimeoutMs: TIMEOUT,
    stillRunning: RUNNING,
  }),
  TenantChange: {
    type: "object",
    properties: { readOnly: { type: "boolean" }, statementTimeoutMs: TIMEOUT },
    minProperties: 1,
    additionalProperties: false,
  },
  SettingsChange: {
    type: "object",
    properties: { set: { type: "object" }, unset: { type: "array", items: TEXT } },
    additionalProperties: false,
  },
  TenantSettings: object({ schemaName: NAME, settings: SETTINGS, stillRunning: RUNNING }),
  Health: object({ status: { const: "ok" } }),
  Description: { type: "object", required: ["openapi"] },
  Problem: {
    description: "RFC 9457 with `code` and `requestId`",
    ...object({
      type: TEXT,
      title: TEXT,
      status: { type: "integer" },
      detail: TEXT,
      code: TEXT,
      requestId: REQUEST_ID,
    }),
  },
};

/** A reference to a schema of `components`. */
export function refer(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** An answer of JSON; without a schema, one without a body. */
export function describeAnswer(description: string, schema?: string, example?: unknown): ApiAnswer {
  const shown = example === undefined ? {} : { example };
  return {
    description,
    headers: referHeaders([]),
    ...(schema !== undefined && {
      content: { "application/json": { schema: refer(schema), ...shown } },
    }),
  };
}

const HEADERS_OF: Readonly<Record<number, readonly string[]>> = {
  401: ["www-authenticate"],
  403: ["www-authenticate"],
  405: ["allow"],
  409: ["retry-after"],
  429: ["retry-after"],
  503: ["retry-after"],
};

/** The answers to errors, by status, each with its codes. */
export function describeErrors(codes: readonly ApiCode[]): ApiAnswers {
  const errors = codes.map((code): ErrorDefinition => API_ERRORS[code]);
  const statuses = [...new Set(errors.map(({ status }) => status))];
  return Object.fromEntries(
    statuses.map((status) => {
      const same = errors.filter((error) => error.status === status);
      const schema = {
        allOf: [refer("Problem")],
        properties: { status: { const: status }, code: { enum: same.map(({ code }) => code) } },
      };
      const answer: ApiAnswer = {
        description: same.map(({ title }) => title).join("; or: "),
        headers: referHeaders(HEADERS_OF[status] ?? []),
        content: { "application/problem+json": { schema } },
      };
      return [status, answer];
    }),
  );
}

function referHeaders(names: readonly string[]): Readonly<Record<string, Schema>> {
  const all = ["x-request-id", "cache-control", ...names];
  return Object.fromEntries(all.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

type Properties = Readonly<Record<string, Schema>>;

function object(properties: Properties, optional: Properties = {}): Schema {
  const [required, all] = [Object.keys(properties), { ...properties, ...optional }];
  return { type: "object", properties: all, required, additionalProperties: false };
}
