// A method of a path in the API's description, and the HEAD that every GET brings.

import type { ErrorCode } from "../../errors.ts";
import type { DescribedAnswer, DescribedAnswers, ProblemAnswers, Schema } from "./answers.ts";

/** A method of a path: https://spec.openapis.org/oas/v3.1.1.html#operation-object */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  /** Those of the path and of the query, each with an example. */
  readonly parameters?: readonly Schema[];
  readonly requestBody?: Schema;
  readonly responses: DescribedAnswers;
}

/** A method of a path, as the application says it. */
export interface Route extends Omit<Operation, "responses"> {
  /** By status. */
  readonly answers: Readonly<Record<number, DescribedAnswer>>;
  /** Every error that it can end in. */
  readonly codes: readonly ErrorCode[];
}

/** Adds the errors to the answers. */
export function describeRoute(
  { answers, codes, ...rest }: Route,
  problems: ProblemAnswers,
): Operation {
  return { ...rest, responses: { ...answers, ...problems.refer(codes) } };
}

/** GET, and HEAD with the same answers without their bodies. */
export function describeRead(
  route: Route,
  problems: ProblemAnswers,
): { readonly get: Operation; readonly head: Operation } {
  const { operationId, summary, answers, codes, ...rest } = route;
  const bodiless = Object.entries(answers).map(([status, { description, headers }]) => {
    return [status, { description, headers }] as const;
  });
  const head = {
    operationId: operationId.replace(/^get/, "head"),
    summary: `${summary}; without the body`,
    ...rest,
    responses: { ...Object.fromEntries(bodiless), ...problems.refer(codes, "HEAD") },
  };
  return { get: describeRoute(route, problems), head };
}
