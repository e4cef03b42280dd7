// Gives each statement of a message its own result, whatever the driver made of the statements without rows.

import type { Statement } from "./message.ts";
import { type RawResult, readRows, type Results, type Rows, withCount } from "./values/rows.ts";

/**
 * A query of postgres.js 3.4.9. It is `active` from when postgres.js writes it, or believes so, until its answer; its
 * `state` is null until it is written.
 */
export interface Sent extends PromiseLike<unknown> {
  readonly active?: boolean;
  readonly state?: unknown;
  readonly raw: () => Sent;
}

/** What postgres.js gives for one message. */
export type RawAnswer = readonly RawResult[];

/** @param result as postgres.js gives it: the rows of one statement, or an array of the rows of each statement */
export function toRawAnswer(result: unknown): RawAnswer {
  return (Array.isArray(result) && "command" in result ? [result] : result) as RawAnswer;
}

/**
 * Reads the result of each statement. A bare text may have several results, and those of the last come last.
 * @param from the number of results that come before those of the statements
 */
export function readResults(
  answer: RawAnswer,
  statements: readonly Statement[],
  from: number,
): Results {
  const results: Rows[] = [];
  let at = from;
  for (const statement of statements) {
    let raw = answer[at];
    if (raw === undefined) break;
    at += 1;
    if (typeof statement === "string") {
      results.push(readRows(raw));
      continue;
    }
    if (!statement.hasRows) {
      // A rule of the database may give such a statement rows: then they follow.
      if (raw.command !== "SHOW") {
        results.push(withCount([], raw));
        continue;
      }
      raw = answer[at] ?? [];
      at += 1;
    }
    results.push(readRows(raw, statement.reading));
  }
  for (; at < answer.length; at += 1) results.push(readRows(answer[at] ?? []));
  return results;
}
