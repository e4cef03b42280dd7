// Runs the program of a runtime, and again whenever the application's code changes.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, resolve } from "node:path";
import process from "node:process";
import { AdminError } from "../registry/admin-error.ts";
import type { Application, Runtime } from "./application.ts";
import type { Program } from "./runtime.ts";
import { type Watched, watchFiles } from "./watch-files.ts";

/** The signals that end development. */
export const SIGNALS = ["SIGINT", "SIGTERM"] as const;

const CHANGED = "The service runs the changed code\n";

/**
 * Finds the code whose change starts the program again: the folder of the entry. Wrangler watches by itself.
 * @returns undefined when the program needs no other start
 */
export function findCode(runtime: Runtime, { folder, entry }: Application): Watched | undefined {
  if (runtime === "worker" || entry === undefined) return undefined;
  const files = /\.[cm]?tsx?$/.test(entry)
    ? /(?<!\.d)\.(?:[cm]?[jt]sx?|json)$/
    : /\.(?:[cm]?js|json)$/;
  const code = dirname(resolve(folder, entry));
  // The application's top folder holds node_modules, and the data of the database.
  return { folder: code, files, recursive: code !== resolve(folder) };
}

/**
 * Runs the program until it ends or is interrupted. A changed program that does not start waits for the next change.
 * @param greeting printed once it serves
 * @throws {AdminError} when the program that was started first fails
 */
export async function serveProgram(
  program: Program,
  code: Watched | undefined,
  greeting: string,
  interruption: AbortSignal,
): Promise<void> {
  let [isStale, text] = [false, greeting];
  let child: ChildProcess | undefined;
  let wake = (): void => {};
  const restart = (): void => {
    isStale = true;
    child?.kill("SIGTERM");
    wake();
  };
  const watching =
    code &&
    watchFiles(code, restart, (reason) => {
      process.stderr.write(
        `Cannot watch "${code.folder}": ${reason}; start again to run changed code\n`,
      );
    });
  try {
    for (;;) {
      isStale = false;
      const status = await run(program, text, (started) => (child = started));
      if (interruption.aborted) return;
      if (!isStale) {
        if (status === 0) return;
        const problem = `the service ended with status ${status}`;
        if (text === greeting) throw new AdminError(`Cannot serve: ${problem}`);
        process.stderr.write(`Cannot serve: ${problem}; it starts again when its code changes\n`);
        await new Promise<void>((done) => {
          wake = done;
          interruption.addEventListener("abort", () => done(), { once: true });
        });
        if (interruption.aborted) return;
      }
      text = CHANGED;
    }
  } finally {
    watching?.close();
  }
}

/** Runs the program to its end, and returns its status; null after a signal. */
async function run(
  program: Program,
  greeting: string,
  started: (child: ChildProcess) => void,
): Promise<number | null> {
  const child = spawn(program.file, program.parameters, {
    cwd: program.folder,
    env: program.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  started(child);
  const closed = once(child, "close");
  const forward = (name: NodeJS.Signals): void => void child.kill(name);
  for (const name of SIGNALS) process.on(name, forward);
  try {
    passOutput(child, program.ready, greeting);
    const [status] = (await closed) as [number | null];
    return status;
  } finally {
    for (const name of SIGNALS) process.off(name, forward);
  }
}

function passOutput(child: ChildProcess, ready: string, greeting: string): void {
  let output = "";
  const pass = (from: NodeJS.ReadableStream | null, to: NodeJS.WritableStream): void => {
    from?.setEncoding("utf8").on("data", (text: string) => {
      to.write(text);
      if (output.includes(ready)) return;
      output += text;
      if (output.includes(ready)) process.stdout.write(greeting);
    });
  };
  pass(child.stdout, process.stdout);
  pass(child.stderr, process.stderr);
}
