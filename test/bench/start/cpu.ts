// The CPU time of a program, user and system, in seconds: until its first query, and as a whole. Nothing is loaded into
// the program for it.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { readThreadsCpuUs } from "../machine/cpu.ts";
import type { Gate } from "./gate.ts";

const TIMEOUT_MS = 60_000;
// bash counts in milliseconds what a program has used when it has ended.
const TIMED = 'TIMEFORMAT="%3U %3S"; time "$@" > /dev/null';

/** A program and where it runs. */
export interface Startable {
  readonly node: string;
  readonly parameters: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}

/**
 * Starts a program, and ends it when its first query arrives at the gate.
 * @throws {Error} with what it printed, when it ends before that
 */
export async function measureFirstQuery(
  { node, parameters, env, folder }: Startable,
  gate: Gate,
): Promise<number> {
  const child = spawn(node, parameters, {
    env,
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  let us: number | undefined;
  gate.onQuery = () => {
    // A thread that stands still has all of its time in the books.
    child.kill("SIGSTOP");
    us ??= readThreadsCpuUs(child.pid ?? 0);
    child.kill("SIGKILL");
  };
  await once(child, "close");
  if (us !== undefined) return us / 1e6;
  throw new Error(
    `Cannot measure the start of ${parameters.join(" ")}: it ends without a query and says\n${output.slice(-2000)}`,
  );
}

/**
 * Runs a program from start to end.
 * @throws {Error} with what it printed, when it fails or prints an error
 */
export async function measureRun({ node, parameters, env, folder }: Startable): Promise<number> {
  // Without --norc, bash takes the pipe of its standard input for a login from another machine.
  const shell = ["--norc", "-c", TIMED, "bash", node, ...parameters];
  const options = { env, cwd: folder, timeout: TIMEOUT_MS };
  const { stderr } = await promisify(execFile)("bash", shell, options);
  const [, user, system] = /^(\d+\.\d+) (\d+\.\d+)\n$/.exec(stderr) ?? [];
  const seconds = Number(user) + Number(system);
  if (!Number.isNaN(seconds)) return seconds;
  throw new Error(`Cannot measure ${parameters.join(" ")}: it says\n${stderr}`);
}
