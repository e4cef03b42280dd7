// Runs a verb: arguments, --help, --json, one line for an error, and the exit status: 0 done, 1 failed,
// 2 wrong usage, 3 done in part.

import process from "node:process";
import { AppError } from "../../src/errors.ts";
import { ConfigError } from "../../src/environment.ts";
import { visibleLines } from "../print/visible.ts";
import { commandFor, verbArguments } from "../program/form.ts";
import type { VerbName } from "../program/verbs.ts";
import { AdminError } from "../registry/admin-error.ts";
import { COMMON, readCall } from "./call.ts";
import { DatabaseFailure, describeDatabaseError, urlVariable } from "./database-error.ts";
import { addEnvFile } from "./environment/env-file.ts";
import { helpText } from "./help.ts";
import { describeMissingPackage } from "./environment/packages.ts";
import { UsageError } from "./usage-error.ts";
import type { Options, Verb } from "./verb.ts";

// After an error, the process ends even if a connection is still open.
const LINGER_MS = 500;

/** Runs a verb with the process's arguments and sets the exit status. Never rejects. */
export async function runVerb<const Operands extends readonly string[], const O extends Options>(
  verb: Verb<Operands, O>,
): Promise<void> {
  const args = verbArguments();
  const json = args.includes("--json");
  let close: (() => void) | undefined;
  try {
    const call = readCall(verb, args);
    if (call === undefined) {
      process.stdout.write(helpText(verb, { ...verb.options, ...COMMON }));
      return;
    }
    addEnvFile(process.cwd(), process.env);
    ({ close } = call);
    const report = await verb.run(call);
    close();
    const text = json ? JSON.stringify(report.json) : report.lines.join("\n");
    if (text !== "") process.stdout.write(`${visibleLines(text)}\n`);
    process.exitCode = report.status ?? 0;
  } catch (error) {
    close?.();
    const message = describe(verb.name, error);
    const details = error instanceof AdminError ? { code: error.code, ...error.details } : {};
    const line = json ? JSON.stringify({ error: message, ...details }) : message;
    process.stderr.write(`${visibleLines(line)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
    // pg leaves the socket open when pg itself rejects the connection, for example without a password.
    setTimeout(() => process.exit(), LINGER_MS).unref();
  }
}

function describe(verb: VerbName, error: unknown): string {
  if (error instanceof UsageError) {
    return `Cannot run ${verb}: ${error.message}; see ${commandFor(verb)} --help`;
  }
  if (error instanceof ConfigError) return error.message;
  const missing = describeMissingPackage(verb, error);
  if (missing !== undefined) return missing;
  const isOwn = error instanceof AdminError || error instanceof AppError;
  return (
    isOwn && !(error instanceof DatabaseFailure)
      ? error.message
      : describeDatabaseError(error, urlVariable(error, process.env))
  ).replaceAll(/\.?\n/g, "; ");
}
