// A verb, run as its user runs it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { recordPrinted } from "./printed.ts";

/** What a verb printed, and its exit status. */
export interface VerbResult {
  /** -1 when a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

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

/** Starts `node admin/<name>.js`. */
export function startVerb(
  { adminUrl, env, cwd, input = "" }: VerbSettings,
  name: string,
  ...parameters: readonly string[]
): StartedVerb {
  const file = fileURLToPath(new URL(`../../admin/${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [file, ...parameters], {
    env: {
      PATH: process.env["PATH"],
      NODE_V8_COVERAGE: process.env["NODE_V8_COVERAGE"],
      ADMIN_DATABASE_URL: adminUrl,
      ...env,
    },
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

/** Runs `node admin/<name>.js` with the admin role's URL. */
export function runVerb(
  adminUrl: string,
  name: string,
  ...parameters: readonly string[]
): Promise<VerbResult> {
  return startVerb({ adminUrl }, name, ...parameters).result;
}

/** Runs `node admin/<name>.js` with these environment variables, and no URL but theirs. */
export function runVerbWith(
  variables: Readonly<Record<string, string>>,
  name: string,
  ...parameters: readonly string[]
): Promise<VerbResult> {
  return startVerb({ adminUrl: "", env: variables }, name, ...parameters).result;
}
