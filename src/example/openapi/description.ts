// Describes the application to its clients as OpenAPI 3.1: every route, answer and header. The bounds are those of
// data.ts, and tests check every answer against the description. https://spec.openapis.org/oas/v3.1.1.html

import {
  describeAnswer,
  type DescribedAnswers,
  type DescribedHeader,
  HEADERS,
  PROBLEM_SCHEMAS,
  type Schema,
} from "./answers.ts";
import {
  describeCodes,
  describeRead,
  describeRoute,
  type Operation,
  type Route,
} from "./operation.ts";
import {
  describeJson,
  describeQuery,
  describeSegment,
  LAST_MODIFIED,
  LIMIT,
  refer,
  SCHEMAS,
} from "./schemas.ts";

/** An OpenAPI document. */
export interface ApiDescription {
  readonly openapi: string;
  readonly info: Schema;
  readonly servers: readonly Schema[];
  /** Empty: the application asks for no credentials. */
  readonly security: readonly Schema[];
  /** By path, then by method in lower case. The examples are one conversation, in this order. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  /** The answers on a path that is not among `paths`. */
  readonly "x-other-paths": { readonly responses: DescribedAnswers };
  /** The answers to a method that a path does not take. */
  readonly "x-other-methods": { readonly responses: DescribedAnswers };
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly headers: Readonly<Record<string, DescribedHeader>>;
  };
}

const INFO = {
  title: "Rowhouse: the key-value store",
  version: "0.1.0",
  description:
    "Keys and values are 32-bit integers. The host of a request selects the tenant. Tenants do not share " +
    "keys. Problems are RFC 9457 with a `code`. HEAD answers as GET, without a body.",
  license: { name: "MIT", identifier: "MIT" },
};

const SERVERS = [
  {
    url: "{scheme}://{host}",
    description: "A host of the tenant",
    variables: {
      scheme: { default: "http", enum: ["http", "https"] },
      host: {
        default: "127.0.0.1:5000",
        description: "With the port, unless it is the scheme's default",
      },
    },
  },
];

const ANY = ["HOST_INVALID", "INTERNAL"] as const;
const JSON_ANSWER = [...ANY, "RESULT_TOO_LARGE"] as const;
const SEND = [...JSON_ANSWER, "OVERLOADED", "DATABASE_UNAVAILABLE", "STATEMENT_TIMEOUT"] as const;
const READ = [...SEND, "TENANT_BUSY", "TENANT_NOT_FOUND", "TENANT_SUSPENDED"] as const;
const WRITE = [...READ, "TENANT_READ_ONLY", "BODY_TOO_LARGE"] as const;

const PAIR = { key: 42, value: 8_675_309 };
const KEY = describeSegment("key", PAIR.key);
const VALUE = describeSegment("value", PAIR.value);
const OF_KEY: Pick<Route, "parameters" | "codes"> = {
  parameters: [KEY],
  codes: [...READ, "KEY_INVALID", "NOT_FOUND"],
};

/**
 * Describes the API.
 * @param bodyBytes the largest request body
 */
export function describeApi(bodyBytes: number): ApiDescription {
  const body = (schema: string, example: unknown): Schema => ({
    description: `JSON in UTF-8 of at most ${bodyBytes} bytes`,
    required: true,
    content: { "application/json": { schema: refer(schema), example } },
  });
  const paths: ApiDescription["paths"] = {
    "/data/insert/{key}/{value}": {
      post: describeRoute({
        operationId: "insertPair",
        summary: "Inserts a new key",
        parameters: [KEY, VALUE],
        answers: { 200: describeJson("The pair was inserted", "Inserted", { status: "success" }) },
        codes: [...WRITE, "KEY_INVALID", "VALUE_INVALID", "KEY_EXISTS"],
      }),
    },
    "/data/get/{key}": describeRead({
      operationId: "getValue",
      summary: "Reads the value of a key",
      ...OF_KEY,
      answers: { 200: describeJson("The value", "Value", { value: PAIR.value }) },
    }),
    "/data": {
      ...describeRead({
        operationId: "getPairs",
        summary: "Lists pairs by ascending key, page by page",
        parameters: [
          describeQuery("after", "Lists only keys above this one", refer("Integer"), 41),
          describeQuery("limit", "The most pairs of a page", LIMIT, 10),
        ],
        answers: { 200: describeJson("A page", "Page", { items: [PAIR], next: null }) },
        codes: [...READ, "KEY_INVALID", "VALUE_INVALID"],
      }),
      post: describeRoute({
        operationId: "insertPairs",
        summary: "Inserts pairs, all or none",
        requestBody: body("Pairs", [
          { key: 1, value: 10 },
          { key: 2, value: 20 },
        ]),
        answers: { 201: describeJson("The pairs were inserted", "InsertedPairs", { inserted: 2 }) },
        codes: [
          ...WRITE,
          "BODY_INVALID",
          "BODY_TIMEOUT",
          "KEY_INVALID",
          "VALUE_INVALID",
          "KEY_EXISTS",
        ],
      }),
    },
    "/data/{key}": {
      ...describeRead({
        operationId: "getDatedValue",
        summary: "Reads the value of a key, and when it was written",
        ...OF_KEY,
        answers: {
          200: describeJson("The value", "Value", { value: PAIR.value }, ["last-modified"]),
        },
      }),
      put: describeRoute({
        operationId: "putValue",
        summary: "Writes the value of a key, new or not",
        parameters: [KEY],
        requestBody: body("Value", { value: 7 }),
        answers: {
          200: describeJson("The value was replaced", "Value", { value: 7 }),
          201: describeJson("The key is new", "Value", { value: 7 }),
        },
        codes: [...WRITE, "BODY_INVALID", "BODY_TIMEOUT", "KEY_INVALID", "VALUE_INVALID"],
      }),
      delete: describeRoute({
        operationId: "deleteKey",
        summary: "Deletes a key",
        parameters: [KEY],
        answers: { 204: describeAnswer("The key was deleted") },
        codes: [...WRITE, "KEY_INVALID", "NOT_FOUND"],
      }),
    },
    "/healthz": describeRead({
      operationId: "getHealth",
      summary: "Whether the process serves; on any host",
      answers: { 200: describeJson("The process serves", "Health", { status: "ok" }) },
      codes: JSON_ANSWER,
    }),
    "/readyz": describeRead({
      operationId: "getReadiness",
      summary: "Whether the database answers; on any host",
      answers: { 200: describeJson("The database answers", "Readiness", { status: "ready" }) },
      codes: SEND,
    }),
    "/openapi.json": describeRead({
      operationId: "getDescription",
      summary: "This document; on any host",
      answers: { 200: describeJson("OpenAPI 3.1", "Description") },
      codes: ANY,
    }),
  };
  return {
    openapi: "3.1.1",
    info: INFO,
    servers: SERVERS,
    security: [],
    paths,
    "x-other-paths": { responses: describeCodes([...ANY, "PATH_NOT_FOUND"]) },
    "x-other-methods": { responses: describeCodes([...ANY, "METHOD_NOT_ALLOWED"]) },
    components: {
      schemas: { ...SCHEMAS, ...PROBLEM_SCHEMAS },
      headers: { ...HEADERS, "last-modified": LAST_MODIFIED },
    },
  };
}
