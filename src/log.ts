// One JSON line for each event. Redaction lives here: of an error only its name, code, SQLSTATE,
// routine, constraint and stack frames are written, because messages, details and queries hold values. Of the end of
// a connection it is how it ended, and the words of a FATAL without what they quote.

import { AppError, sqlState } from "./errors.ts";

/** From the most to the least that is logged. */
export const LOG_LEVELS = ["info", "warn", "error", "silent"] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];
// How a connection ended, and what the other side said: of no other error are these fields ours.
const CONNECTION_FAILURE = "ConnectionFailure";

/** Writes events; made by {@link createLog}. */
export interface Log {
  /**
   * Writes one line, unless `level` is below the configured one.
   * @param event what happened, in one or two words
   * @param fields must hold no value of a tenant and no connection string; undefined ones are left out
   */
  write(
    level: Exclude<LogLevel, "silent">,
    event: string,
    fields?: Readonly<Record<string, unknown>>,
  ): void;
}

/**
 * A log that hands finished lines, newline included, to `write`.
 * @param level the lowest level that is written
 * @param now milliseconds since the epoch
 */
export function createLog(
  level: LogLevel,
  write: (line: string) => void,
  now: () => number = Date.now,
): Log {
  const lowest = LOG_LEVELS.indexOf(level);
  return {
    write(at, event, fields) {
      if (LOG_LEVELS.indexOf(at) < lowest) return;
      const time = new Date(now()).toISOString();
      write(`${JSON.stringify({ time, level: at, event, ...fields })}\n`);
    },
  };
}

/**
 * What may be logged of something thrown: never its message, and nothing that it carries as a value.
 * Of an AppError with a cause, the cause is described.
 */
export function describeError(thrown: unknown): Readonly<Record<string, unknown>> {
  const cause = thrown instanceof AppError && thrown.cause !== undefined ? thrown.cause : thrown;
  if (!(cause instanceof Error)) return { name: typeof cause };
  const state = sqlState(cause);
  return {
    name: cause.name,
    code: state === undefined ? textField(cause, "code") : undefined,
    sqlState: state,
    ...(cause.name === CONNECTION_FAILURE
      ? { kind: textField(cause, "kind"), said: textField(cause, "said") }
      : { frames: frames(cause) }),
    routine: textField(cause, "routine"),
    constraint: textField(cause, "constraint_name"),
  };
}

function textField(error: Error, name: string): string | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" && /^[\w.-]{1,128}$/.test(value) ? value : undefined;
}

/** The stack without the message before it; none where it cannot be told where the message ends. */
function frames(error: Error): readonly string[] {
  const stack = error.stack ?? "";
  const names = [error.name, "Error"].map((name) => `${name}${error.message && ": "}`);
  const heading = names
    .map((name) => name + error.message)
    .find((text) => stack.startsWith(`${text}\n`));
  const lines = heading === undefined ? [] : stack.slice(heading.length + 1).split("\n");
  // A line that is no frame: the message was another when the stack was taken.
  if (!lines.every((line) => /^\s+at /.test(line))) return [];
  return lines.map((line) => line.trim()).slice(0, 12);
}
