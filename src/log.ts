// One JSON line for each event. Redaction lives here: the log writes only an error's name, code, SQLSTATE, routine,
// constraint and stack frames, because messages, details and queries hold values. For the end of a connection it
// writes how it ended, and the words of a FATAL without the quoted ones.

import { AppError, sqlState } from "./errors.ts";

/** The levels, from the one that writes most lines to the one that writes none. */
export const LOG_LEVELS = ["info", "warn", "error", "silent"] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];
// The errors whose fields `kind`, `said` and `database` this library sets.
const OWN_FAILURES = new Set(["ConnectionFailure", "RouteFailure"]);

/** A log of events; made by {@link createLog}. */
export interface Log {
  /**
   * Writes one line, unless `level` is below the log's own level.
   * @param event what happened, in one or two words
   * @param fields further members; they must not hold a tenant's values or a connection string; undefined ones
   *   are left out
   */
  write(
    level: Exclude<LogLevel, "silent">,
    event: string,
    fields?: Readonly<Record<string, unknown>>,
  ): void;
}

/**
 * Creates a log that passes finished lines to `write`, each with its newline.
 * @param level the lowest level that the log writes
 * @param now milliseconds since the epoch
 * @example
 * ```ts
 * import { createLog } from "rowhouse";
 * import { createLineWriter } from "rowhouse/node";
 *
 * export const log = createLog("info", createLineWriter());
 * log.write("info", "imported", { rows: 42 });
 * ```
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
 * Describes a thrown value for the log, without its message and without any value that it carries. For an AppError
 * with a cause, it describes the cause.
 * @example
 * ```ts
 * import { describeError, type Log } from "rowhouse";
 *
 * export function logFailure(log: Log, thrown: unknown): void {
 *   log.write("error", "import failed", { error: describeError(thrown) });
 * }
 * ```
 */
export function describeError(thrown: unknown): Readonly<Record<string, unknown>> {
  const cause = thrown instanceof AppError && thrown.cause !== undefined ? thrown.cause : thrown;
  if (!(cause instanceof Error)) return { name: typeof cause };
  const state = sqlState(cause);
  return {
    name: cause.name,
    code: state === undefined ? textField(cause, "code") : undefined,
    sqlState: state,
    ...(OWN_FAILURES.has(cause.name)
      ? {
          kind: textField(cause, "kind"),
          said: textField(cause, "said"),
          database: textField(cause, "database"),
        }
      : { frames: frames(cause) }),
    routine: textField(cause, "routine"),
    constraint: textField(cause, "constraint_name"),
  };
}

function textField(error: Error, name: string): string | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" && /^[\w.-]{1,128}$/.test(value) ? value : undefined;
}

/** The stack without the message before it; empty when the end of the message is not certain. */
function frames(error: Error): readonly string[] {
  const stack = error.stack ?? "";
  const names = [error.name, "Error"].map((name) => `${name}${error.message && ": "}`);
  const heading = names
    .map((name) => name + error.message)
    .find((text) => stack.startsWith(`${text}\n`));
  const lines = heading === undefined ? [] : stack.slice(heading.length + 1).split("\n");
  // A line that is not a frame: the message has changed since the stack was recorded.
  if (!lines.every((line) => /^\s+at /.test(line))) return [];
  return lines.map((line) => line.trim()).slice(0, 12);
}
