// A method of a path in the API's description, and the HEAD that comes with every GET.

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
  /** The parameters of the path and the query, each with an example. */
  readonly parameters?: readonly Schema[];
  readonly requestBody?: Schema;
  readonly responses: DescribedAnswers;
}

/** A method of a path, as the application declares it. */
export interface Route extends Omit<Operation, "responses"> {
  /** The answers by status. */
  readonly answers: Readonly<Record<number, DescribedAnswer>>;
  /** The code of every possible error. */
  readonly codes: readonly Code[];
}

/** Describes the answers to errors of these codes, by status. */
export function describeCodes(codes: readonly Code[]): DescribedAnswers {
  return describeProblems(codes.map((code) => ERRORS[code]));
}

/** Describes a method: its answers and its errors. */
export function describeRoute({ answers, codes, ...rest }: Route): Operation {
  return { ...rest, responses: { ...answers, ...describeCodes(codes) } };
}

/** Describes GET, and HEAD with the same answers without their bodies. */
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
