// Failures that recur and end no request, such as those of an exporter: never swallowed, never a flood.

import { describeError, type Log } from "./log.ts";

const INTERVAL_MS = 60_000;

/** Tells of something thrown. */
export type Report = (thrown: unknown) => void;

/**
 * A {@link Report} that writes at most one line a minute: the failure in its redacted form, and how many there
 * were since the last line.
 * @param event names the line, such as "export failed"
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
      // A report must not fail what it reports of.
    }
    count = 0;
  };
}

/** Calls `tell`; reports what it throws, and returns undefined then. */
export function quietly<T>(tell: () => T, report: Report): T | undefined {
  try {
    return tell();
  } catch (error) {
    report(error);
    return undefined;
  }
}
