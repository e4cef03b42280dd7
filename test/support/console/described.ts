// Holds the operator page's answers on the admin API's paths against that API's description.

import { expect } from "chai";
import { API_LIMITS } from "../../../admin/api/api.ts";
import { describeApi } from "../../../admin/api/description/description.ts";
import { SAFE_HEADERS } from "../../../admin/console/door/headers.ts";
import type { ConsoleAnswer } from "./console.ts";
import { createJudge, type Judged, type Judgement } from "../described.ts";

let judge: ((answer: Judged) => Judgement) | undefined;

/**
 * Fails for an answer that is not as described. The door adds headers to the API's, and refuses in its own words a
 * client that does not have both secrets.
 */
export function expectDescribed(
  asked: Pick<Judged, "method" | "path">,
  given: ConsoleAnswer,
): void {
  const { status, headers, text, json } = given;
  if (status === 401) return;
  judge ??= createJudge(describeApi(API_LIMITS.bodyBytes));
  const described = Object.entries(headers).flatMap(([name, value]) => {
    const isOfDoor = name !== "cache-control" && Object.hasOwn(SAFE_HEADERS, name);
    return typeof value !== "string" || isOfDoor ? [] : [[name, value] as const];
  });
  const answer = { ...asked, status, headers: Object.fromEntries(described), text, json };
  expect(judge(answer).problems, `${asked.method} ${asked.path}: ${text}`).to.deep.equal([]);
}
