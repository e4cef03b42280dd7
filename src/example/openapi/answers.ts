// The parts of the answers in the API's description: the headers of every answer, and the problems by status with
// their codes.

import { type ErrorDefinition, RETRY_AFTER_SECONDS } from "../../index.ts";

/** A JSON Schema of 2020-12; `$ref` names a schema of the document. */
export type Schema = Readonly<Record<string, unknown>>;

/** A header of an answer. */
export interface DescribedHeader {
  readonly description: string;
  /** Whether the answer always has it. */
  readonly required: boolean;
  readonly schema: Schema;
}

/** One answer: https://spec.openapis.org/oas/v3.1.1.html#response-object */
export interface DescribedAnswer {
  readonly description: string;
  /** References by name, in lower case; an answer has no other headers. */
  readonly headers: Readonly<Record<string, Schema>>;
  /** By media type; missing where the answer has no body. */
  readonly content?: Readonly<Record<string, { schema: Schema; example?: unknown }>>;
}

/** Answers by status. */
export type DescribedAnswers = Readonly<Record<string, DescribedAnswer>>;

/** Headers for `components`. */
export const HEADERS: Readonly<Record<string, DescribedHeader>> = {
  "x-request-id": {
    description: "The identifier of this request, also in the service's log",
    required: true,
    schema: { $ref: "#/components/schemas/RequestId" },
  },
  "cache-control": {
    description: "A client must not cache the answer",
    required: true,
    schema: { type: "string", const: "no-store" },
  },
  "retry-after": {
    description: "The time to wait before trying again, in seconds",
    required: true,
    schema: { type: "integer", const: RETRY_AFTER_SECONDS },
  },
  allow: {
    description: "The methods that the path takes",
    required: true,
    schema: { type: "string", pattern: "^[A-Z]+(?:, [A-Z]+)*$" },
  },
};

const TEXT: Schema = { type: "string" };

const MEMBERS: Schema = {
  type: TEXT,
  title: TEXT,
  status: { type: "integer" },
  detail: { description: "A text for people: the action, what is, and what should be", ...TEXT },
  code: { description: "The kind of error, for programs", ...TEXT },
  requestId: { $ref: "#/components/schemas/RequestId" },
};

/** Schemas for `components`. */
export const PROBLEM_SCHEMAS: Readonly<Record<string, Schema>> = {
  RequestId: { ...TEXT, pattern: "^[A-Za-z0-9_.-]{1,64}$" },
  Problem: {
    description: "RFC 9457 with `code` and `requestId`",
    type: "object",
    properties: MEMBERS,
    required: Object.keys(MEMBERS),
    additionalProperties: false,
  },
};

/** Describes an answer: the common headers, further ones of `components`, and a body unless `content` is undefined. */
export function describeAnswer(
  description: string,
  content?: DescribedAnswer["content"],
  headers: readonly string[] = [],
): DescribedAnswer {
  const names = ["x-request-id", "cache-control", ...headers];
  return {
    description,
    headers: Object.fromEntries(
      names.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
    ),
    ...(content === undefined ? {} : { content }),
  };
}

/** Describes the answers to errors, by status, each with its possible codes. */
export function describeProblems(errors: readonly ErrorDefinition[]): DescribedAnswers {
  const statuses = [...new Set(errors.map(({ status }) => status))];
  return Object.fromEntries(
    statuses.map((status) => {
      const same = errors.filter((error) => error.status === status);
      const schema = {
        allOf: [{ $ref: "#/components/schemas/Problem" }],
        properties: { status: { const: status }, code: { enum: same.map(({ code }) => code) } },
      };
      const headers =
        status === 429 || status === 503 ? ["retry-after"] : status === 405 ? ["allow"] : [];
      const description = same.map(({ title }) => title).join("; or: ");
      const content = { "application/problem+json": { schema } };
      return [status, describeAnswer(description, content, headers)];
    }),
  );
}
