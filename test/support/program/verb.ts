// A verb, run by its entry file, arguments and environment: as a program of its own, which can be killed, or
// in a process that has loaded the verbs already, which is twenty times as quick.

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { recordPrinted, recordText } from "./printed.ts";
import { inheritedVariables } from "./run.ts";
import type { Outcome } from "./verb-host.ts";
import { runInPool } from "./verb-pool.ts";

/** What a verb printed, and its exit status: -1 when a signal ended it. */
export type VerbResult = Outcome;

/** A verb that runs. */
export interface StartedVerb {
  /** What it has printed so far. */
  stdout(): string;
  /** Sends it a signal; does nothing when it has ended. */
  kill(signal: NodeJS.Signals): void;
  /** Its end. */
  readonly result: Promise<VerbResult>;
}

/** What a verb is run with. */
export interface VerbSettings {
  readonly adminUrl: string;
  /** Further variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder it is run in; that of this process when left out. */
  readonly cwd?: string;
  /** What it reads from standard input. */
  readonly input?: string;
}

/** Starts `node admin/<name>.js` as a program of its own. */
export function startVerb(
  { adminUrl, env, cwd, input = "" }: VerbSettings,
  name: string,
  ...parameters: readonly string[]
): StartedVerb {
  const child = spawn(process.execPath, [fileOf(name), ...parameters], {
    env: environmentOf(adminUrl, env),
    ...(cwd === undefined ? {} : { cwd }),
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  recordPrinted(child.stdout, child.stderr);
  child.stdin.on("error", () => {}).end(input);
  const result = once(child, "close").then(([code]) => {
    return { status: (code as number | null) ?? -1, stdout, stderr };
  });
  return { stdout: () => stdout, kill: (signal) => void child.kill(signal), result };
}

/** Runs `admin/<name>.js` to its end, in a process that has run others before. */
export async function performVerb(
  { adminUrl, env, cwd = process.cwd(), input = "" }: VerbSettings,
  name: string,
  ...parameters: readonly string[]
): Promise<VerbResult> {
  const environment = environmentOf(adminUrl, env);
  const result = await runInPool({ file: fileOf(name), parameters, env: environment, cwd, input });
  recordText(`${result.stdout}\n${result.stderr}\n`);
  return result;
}

/** The same with nothing but the admin role's URL. */
export function runVerb(
  adminUrl: string,
  name: string,
  ...parameters: readonly string[]
): Promise<VerbResult> {
  return performVerb({ adminUrl }, name, ...parameters);
}

/** The same with these environment variables, and no URL but theirs. */
export function runVerbWith(
  variables: Readonly<Record<string, string>>,
  name: string,
  ...parameters: readonly string[]
): Promise<VerbResult> {
  return performVerb({ adminUrl: "", env: variables }, name, ...parameters);
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(`../../../admin/${name}.js`, import.meta.url));
}

function environmentOf(
  adminUrl: string,
  env: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { ...inheritedVariables(), ADMIN_DATABASE_URL: adminUrl, ...env };
}
