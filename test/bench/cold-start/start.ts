// A program from its start to its first right answer.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { read } from "../program.ts";
import { hostOf } from "../names.ts";

const POLL_MS = 1;
const TIMEOUT_MS = 20_000;

/** What is started, and what it must answer. */
export interface Startable {
  readonly file: string;
  readonly parameters: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly port: number;
  /** The whole body of the answer for the first tenant's first key. */
  readonly answer: string;
}

/**
 * Starts it, asks until it answers, and ends it.
 * @returns milliseconds from the start to the end of the answer
 * @throws {Error} when it answers something else, ends before, or does not answer in time
 */
export async function measureStart(program: Startable, signal: AbortSignal): Promise<number> {
  const { file, parameters, env, folder, port, answer } = program;
  const began = performance.now();
  const child = spawn(file, parameters, {
    env,
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = once(child, "exit");
  try {
    for (;;) {
      signal.throwIfAborted();
      const found = await read(port, hostOf(1), "/data/get/1").catch(whenNotListening);
      const tookMs = performance.now() - began;
      if (found === answer) return tookMs;
      if (found !== undefined || hasEnded(child) || tookMs > TIMEOUT_MS) {
        throw new Error(
          `Cannot measure the start of ${file}: it answers ${found ?? "nothing"} and says\n${said}`,
        );
      }
      await setTimeout(POLL_MS);
    }
  } finally {
    if (!hasEnded(child)) child.kill("SIGKILL");
    await ended;
  }
}

function whenNotListening(error: unknown): undefined {
  if (Object(error)["code"] !== "ECONNREFUSED") throw error;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
