// The arguments of a verb, read; and its voice: what it prints as it works, in the form that was asked for.

import process from "node:process";
import { parseArgs } from "node:util";
import { type Progress, startProgress } from "./progress.ts";
import { UsageError } from "./usage-error.ts";
import type { Call, Option, Verb } from "./verb.ts";

/** A call whose bar, if it has one, can be ended. */
export interface OpenCall extends Call {
  /** Ends the progress bar. */
  close(): void;
}

/**
 * Reads the arguments.
 * @param options those that every verb has included
 * @throws {UsageError} for an option or a number of operands that the verb does not have
 */
export function readCall(
  verb: Verb,
  options: Readonly<Record<string, Option>>,
  args: readonly string[],
): OpenCall {
  const { values, positionals } = parse(options, args);
  if (values["help"] !== true && positionals.length !== verb.operands.length) {
    const wanted = verb.operands.join(" ") || "no operands";
    throw new UsageError(`it takes ${wanted}, got ${positionals.length} operands`);
  }
  let progress: Progress | undefined;
  return {
    operands: positionals,
    text: (name) => values[name] as string | undefined,
    texts: (name) => (values[name] ?? []) as readonly string[],
    integer: (name, min, max) => parseInteger(name, values[name], min, max),
    has: (name) => values[name] !== undefined,
    env: process.env,
    print(line, json) {
      const text = values["json"] === true ? JSON.stringify(json) : line;
      if (text === undefined) return;
      progress?.clear();
      process.stdout.write(`${text}\n`);
    },
    track(total, unit) {
      progress?.stop();
      progress = startProgress(total, unit);
      return progress;
    },
    interruption: listen,
    close: () => progress?.stop(),
  };
}

function parse(
  options: Readonly<Record<string, Option>>,
  args: readonly string[],
): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({ options, allowPositionals: true, args: [...args] });
  } catch (error) {
    const problem = error instanceof Error ? error.message : "unreadable arguments";
    throw new UsageError(problem.split(/[\n.] ?/)[0]);
  }
}

function parseInteger(name: string, text: unknown, min: number, max: number): number | undefined {
  if (typeof text !== "string") return undefined;
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value < min || value > max) {
    const wanted = `a whole number from ${min} to ${max}`;
    throw new UsageError(`--${name} ${JSON.stringify(text)} is not ${wanted}`);
  }
  return value;
}

function listen(): AbortSignal {
  const stopping = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => {
      if (stopping.signal.aborted) process.exit(1);
      stopping.abort();
    });
  }
  return stopping.signal;
}
