// What the answers of the API's description are made of: the headers that every answer has, and a schema
// for each error code, so that a client tells problems apart by `code`. Nothing of the application's own.

import { AppError, type ErrorCode, ERRORS, RETRY_AFTER_SECONDS, toProblem } from "../../errors.ts";

/** A JSON Schema of 2020-12; `$ref` names one of the document's. */
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
  /** References by name, in lower case; none beside these is answered. */
  readonly headers: Readonly<Record<string, Schema>>;
  /** By media type; missing where the answer has no body. */
  readonly content?: Readonly<Record<string, { schema: Schema; example?: unknown }>>;
}

/** Answers, or references to them, by status. */
export type DescribedAnswers = Readonly<Record<string, DescribedAnswer | Schema>>;

/** Headers for `components`. */
export const HEADERS: Readonly<Record<string, DescribedHeader>> = {
  "x-request-id": {
    description: "Names this request; stands in the service's log as well",
    required: true,
    schema: { $ref: "#/components/schemas/RequestId" },
  },
  "cache-control": {
    description: "Nothing is to be cached",
    required: true,
    schema: { type: "string", const: "no-store" },
  },
  "retry-after": {
    description: "How long to wait before asking again, in seconds",
    required: true,
    schema: { type: "integer", const: RETRY_AFTER_SECONDS },
  },
  allow: {
    description: "The methods that the path takes",
    required: true,
    schema: { type: "string", pattern: "^[A-Z]+(?:, [A-Z]+)*$" },
  },
};

const CODES = Object.keys(ERRORS) as ErrorCode[];
const TEXT: Schema = { type: "string" };

/** Schemas for `components`: RequestId, Problem, and one of each error code under its own name. */
export function describeProblems(): Readonly<Record<string, Schema>> {
  const members = {
    type: TEXT,
    title: TEXT,
    status: { type: "integer" },
    detail: {
      description: "What was attempted, what is, and what should be; for people",
      ...TEXT,
    },
    code: { description: "What programs tell errors apart by", ...TEXT, enum: CODES },
    requestId: { $ref: "#/components/schemas/RequestId" },
  };
  return {
    RequestId: { ...TEXT, pattern: "^[A-Za-z0-9_.-]{1,64}$" },
    Problem: {
      description: "RFC 9457 with `code` and `requestId`",
      type: "object",
      properties: members,
      required: Object.keys(members),
    },
    ...Object.fromEntries(CODES.map((code) => [code, describeProblem(code)])),
  };
}

function describeProblem(code: ErrorCode): Schema {
  const { type, title, status } = toProblem(new AppError(code, ""), "");
  const fixed = Object.entries({ type, title, status, code });
  return {
    type: "object",
    allOf: [{ $ref: "#/components/schemas/Problem" }],
    properties: Object.fromEntries(fixed.map(([name, value]) => [name, { const: value }])),
    unevaluatedProperties: false,
  };
}

/** An answer with the headers that every one has and others of `components`, and a body or none. */
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

/** Collects the problems that routes can answer with, each set of codes once. */
export class ProblemAnswers {
  /** What {@link refer} has referred to, for `components`. */
  readonly answers: Record<string, DescribedAnswer> = {};

  /**
   * References to answers by status.
   * @param codes all that the route can answer with
   * @param method HEAD leaves the bodies out
   */
  refer(codes: readonly ErrorCode[], method?: "HEAD"): DescribedAnswers {
    const references: Record<string, Schema> = {};
    for (const status of new Set(codes.map((code) => ERRORS[code].status))) {
      const own = CODES.filter((code) => codes.includes(code) && ERRORS[code].status === status);
      const name = `${method === undefined ? "" : `${method}.`}${own.join("-or-")}`;
      this.answers[name] ??= describeProblemAnswer(own, status, method === "HEAD");
      references[status] = { $ref: `#/components/responses/${name}` };
    }
    return references;
  }
}

function describeProblemAnswer(
  codes: readonly ErrorCode[],
  status: number,
  bodiless: boolean,
): DescribedAnswer {
  const references = codes.map((code) => ({ $ref: `#/components/schemas/${code}` }));
  const [only] = references;
  const schema = only !== undefined && references.length === 1 ? only : { oneOf: references };
  const further =
    status === 429 || status === 503 ? ["retry-after"] : status === 405 ? ["allow"] : [];
  return describeAnswer(
    codes.map((code) => ERRORS[code].title).join("; or: "),
    bodiless ? undefined : { "application/problem+json": { schema } },
    further,
  );
}
