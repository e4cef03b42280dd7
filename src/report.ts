// Failures that recur without ending a request, such as those of an exporter. The log shows them at most once a
// minute, with their number.

import { describeError, type Log } from "./log.ts";

const INTERVAL_MS = 60_000;

/** Reports a thrown value. */
export type Report = (thrown: unknown) => void;

/**
 * Creates a {@link Report} that writes at most one line a minute: the failure without its message, and the number
 * of failures since the last line.
 * @param event the name of the line, such as "export failed"
 * @param now milliseconds of a clock that never goes back
 */
export function createReport(
  log: Log | undefined,
  event: string,
  now: () => number = () => performance.now(),
): Report {
  let reported = -Infinity;
  let count = 0;
  return (thrown) => {
    count += 1;
    if (now() - reported < INTERVAL_MS) return;
    reported = now();
    try {
      log?.write("warn", event, { count, error: describeError(thrown) });
    } catch {
      // A failing report must not fail the work that it reports about.
    }
    count = 0;
  };
}

/** Calls `tell`. When it throws, reports the error and returns undefined. */
export function quietly<T>(tell: () => T, report: Report): T | undefined {
  try {
    return tell();
  } catch (error) {
    report(error);
    return undefined;
  }
}
