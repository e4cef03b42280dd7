// The bodies, parameters and headers of the example application in its API's description.

import { DEFAULT_LIMIT, MAX_INTEGER, MAX_PAIRS, MIN_INTEGER } from "../data.ts";
import {
  describeAnswer,
  type DescribedAnswer,
  type DescribedHeader,
  type Schema,
} from "./answers.ts";

const INTEGER = refer("Integer");

/** Schemas for `components`. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Integer: {
    description: "In a path or query in plain digits, without plus sign, leading zero or fraction",
    type: "integer",
    format: "int32",
    minimum: MIN_INTEGER,
    maximum: MAX_INTEGER,
  },
  Value: object({ value: INTEGER }),
  Pair: object({ key: INTEGER, value: INTEGER }),
  Pairs: { type: "array", items: refer("Pair"), minItems: 1, maxItems: MAX_PAIRS },
  Page: object({
    items: { type: "array", items: refer("Pair"), maxItems: MAX_PAIRS },
    next: {
      description: "`after` of the next page; null on the last page",
      oneOf: [INTEGER, { type: "null" }],
    },
  }),
  Inserted: object({ status: { const: "success" } }),
  InsertedPairs: object({ inserted: { type: "integer", minimum: 1, maximum: MAX_PAIRS } }),
  Health: object({ status: { const: "ok" } }),
  Readiness: {
    type: "object",
    properties: {
      status: { const: "ready" },
      databases: { type: "object", additionalProperties: { enum: ["ready", "unavailable"] } },
    },
    required: ["status"],
    additionalProperties: false,
  },
  Description: {
    type: "object",
    properties: { openapi: { type: "string", pattern: "^3\\.1\\." } },
    required: ["openapi"],
  },
};

/** The number of pairs that a page may have. */
export const LIMIT: Schema = {
  type: "integer",
  minimum: 1,
  maximum: MAX_PAIRS,
  default: DEFAULT_LIMIT,
};

/** The header of the answer with a key's value. */
export const LAST_MODIFIED: DescribedHeader = {
  description: "When the value was written; missing before the tenant's migration 0002",
  required: false,
  schema: {
    type: "string",
    pattern: "^[A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT$",
  },
};

/** A reference to a schema of `components`. */
export function refer(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** A 32-bit integer in the path. */
export function describeSegment(name: string, example: number): Schema {
  return { name, in: "path", required: true, schema: INTEGER, example };
}

/** A parameter of the query, which may be left out. */
export function describeQuery(
  name: string,
  description: string,
  schema: Schema,
  example: number,
): Schema {
  return { name, in: "query", description, schema, example };
}

/** An answer of JSON. */
export function describeJson(
  description: string,
  schema: string,
  example?: unknown,
  headers?: readonly string[],
): DescribedAnswer {
  const shown = example === undefined ? {} : { example };
  const content = { "application/json": { schema: refer(schema), ...shown } };
  return describeAnswer(description, content, headers);
}

function object(properties: Readonly<Record<string, Schema>>): Schema {
  const required = Object.keys(properties);
  return { type: "object", properties, required, additionalProperties: false };
}
