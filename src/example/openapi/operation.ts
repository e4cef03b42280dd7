// A method of a path in the API's description, and the HEAD that every GET has.

import { type Code, ERRORS } from "../errors.ts";
import {
  type DescribedAnswer,
  type DescribedAnswers,
  describeProblems,
  type Schema,
} from "./answers.ts";

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
  readonly codes: readonly Code[];
}

/** The answers to errors of these codes, by status. */
export function describeCodes(codes: readonly Code[]): DescribedAnswers {
  return describeProblems(codes.map((code) => ERRORS[code]));
}

/** Adds the errors to the answers. */
export function describeRoute({ answers, codes, ...rest }: Route): Operation {
  return { ...rest, responses: { ...answers, ...describeCodes(codes) } };
}

/** GET, and HEAD with the same answers without their bodies. */
export function describeRead(route: Route): { readonly get: Operation; readonly head: Operation } {
  const get = describeRoute(route);
  const bodiless = Object.entries(get.responses).map(([status, { description, headers }]) => {
    return [status, { description, headers }] as const;
  });
  const head = {
    ...get,
    operationId: get.operationId.replace(/^get/, "head"),
    summary: `${get.summary}; without the body`,
    responses: Object.fromEntries(bodiless),
  };
  return { get, head };
}
