// What every verb has in common: arguments, --help, --json, one line for an error, and the exit
// status: 0 done, 1 failed, 2 wrong usage, 3 done in part.

import process from "node:process";
import { parseArgs } from "node:util";
import { AppError } from "../../src/errors.ts";
import { ConfigError } from "../../src/variable.ts";
import { PortInUseError } from "../embedded/port.ts";
import { AdminError } from "../registry/admin-error.ts";
import { helpText } from "./help.ts";
import type { Call, Option, Verb } from "./verb.ts";
import { describeDatabaseError } from "./database-error.ts";

class UsageError extends Error {}

const COMMON: Readonly<Record<string, Option>> = {
  json: { type: "boolean", about: "Print JSON for a machine" },
  help: { type: "boolean", about: "Print this" },
};

/** Runs a verb with the process's arguments and sets the exit status. Never rejects. */
export async function runVerb(verb: Verb): Promise<void> {
  const options = { ...verb.options, ...COMMON };
  const json = process.argv.includes("--json");
  try {
    const call = readCall(verb, options);
    if (call.has("help")) {
      process.stdout.write(helpText(verb, options));
      return;
    }
    const report = await verb.run(call);
    const text = json ? JSON.stringify(report.json) : report.lines.join("\n");
    process.stdout.write(`${text}\n`);
    process.exitCode = report.status ?? 0;
  } catch (error) {
    const message = describe(error);
    process.stderr.write(`${json ? JSON.stringify({ error: message }) : message}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

function readCall(verb: Verb, options: Readonly<Record<string, Option>>): Call {
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ options, allowPositionals: true, args: process.argv.slice(2) });
  } catch (error) {
    throw wrongUsage(verb, error instanceof Error ? error.message : "unreadable arguments");
  }
  const { values, positionals } = parsed;
  if (values["help"] !== true && positionals.length !== verb.operands.length) {
    const wanted = verb.operands.join(" ") || "no operands";
    throw wrongUsage(verb, `it takes ${wanted}, got ${positionals.length} operands`);
  }
  return {
    operands: positionals,
    text: (name) => values[name] as string | undefined,
    texts: (name) => (values[name] ?? []) as readonly string[],
    has: (name) => values[name] !== undefined,
    env: process.env,
  };
}

function wrongUsage(verb: Verb, problem: string): UsageError {
  const [first] = problem.split(/[\n.] ?/);
  return new UsageError(`Cannot run ${verb.name}: ${first}; see node admin/${verb.name}.js --help`);
}

function describe(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const known =
    error instanceof AdminError ||
    error instanceof AppError ||
    error instanceof UsageError ||
    error instanceof PortInUseError;
  return (known ? error.message : describeDatabaseError(error)).replaceAll(/\.?\n/g, "; ");
}
