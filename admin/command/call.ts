// Reads the arguments of a verb, and prints its output as text or JSON while it runs.

import process from "node:process";
import { parseArgs } from "node:util";
import { visibleLines } from "../print/visible.ts";
import { suggest } from "../program/nearest.ts";
import { operandOptions, type OptionValues, readOperands } from "./operands.ts";
import { type Progress, startProgress } from "./progress.ts";
import { UsageError } from "./usage-error.ts";
import type { Call, Options, Verb } from "./verb.ts";

/** A {@link Call} whose owner can end its progress bar. */
export type OpenCall<Operands extends readonly string[], O extends Options> = Call<Operands, O> & {
  /** Ends the progress bar. */
  close(this: void): void;
};

/** The options that every verb has. */
export const COMMON: Options = {
  json: { type: "boolean", about: "Print JSON" },
  help: { type: "boolean", short: "h", about: "Print this help" },
};

/**
 * Reads the arguments of a verb.
 * @returns undefined when the arguments contain --help
 * @throws {UsageError} for an unknown option or a wrong number of operands
 */
export function readCall<Operands extends readonly string[], O extends Options>(
  { operands: names, options }: Pick<Verb<Operands, O>, "operands" | "options">,
  args: readonly string[],
): OpenCall<Operands, O> | undefined {
  const parsed = parse({ ...operandOptions(names), ...options, ...COMMON }, args);
  if (parsed.values["help"] === true) return undefined;
  const { operands, values } = readOperands(names, options, parsed.positionals, parsed.values);
  const textsOf = (name: string): readonly string[] =>
    [values[name]].flat().filter((value): value is string => typeof value === "string");
  let progress: Progress | undefined;
  return {
    operands,
    text: (name) => textsOf(name)[0],
    texts: textsOf,
    integer: (name, min, max) => parseInteger(name, textsOf(name)[0], min, max),
    has: (name) => values[name] !== undefined,
    env: process.env,
    async withRegistry(work) {
      const { withAdminRegistry } = await import("./environment/config.ts");
      return withAdminRegistry(process.env, work);
    },
    print(line, json) {
      const text = values["json"] === true ? JSON.stringify(json) : line;
      if (text === undefined) return;
      progress?.clear();
      process.stdout.write(`${visibleLines(text)}\n`);
    },
    async ask(question) {
      if (values["json"] === true) return undefined;
      const { ask } = await import("../program/ask.ts");
      return ask(question, process);
    },
    meter(unit) {
      progress?.stop();
      progress = startProgress(unit);
      return progress;
    },
    interruption: listen,
    close: () => progress?.stop(),
  };
}

interface Parsed {
  readonly values: OptionValues;
  readonly positionals: readonly string[];
}

function parse(options: Options, args: readonly string[]): Parsed {
  try {
    const config = { options, allowPositionals: true, args: [...args], tokens: true } as const;
    const { tokens, ...parsed } = parseArgs(config);
    requireOnce(options, tokens);
    return parsed;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const problem = error instanceof Error ? error.message : "unreadable arguments";
    const [, unknown] = /^Unknown option '--([^']+)'/.exec(problem) ?? [];
    const meant = unknown === undefined ? "" : suggest(unknown, Object.keys(options), "--");
    throw new UsageError(`${problem.split(/[\n.] ?/)[0]}${meant}`);
  }
}

/** The parser would keep the last text of an option that is given twice, and drop the first. */
function requireOnce(
  options: Options,
  tokens: readonly { readonly kind: string; readonly name?: string }[],
): void {
  const given = new Set<string>();
  for (const { kind, name = "" } of tokens) {
    if (kind !== "option" || options[name]?.type !== "string" || options[name].multiple) continue;
    if (given.has(name)) throw new UsageError(`--${name} is given twice`);
    given.add(name);
  }
}

function parseInteger(
  name: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) return undefined;
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
