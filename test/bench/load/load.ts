// One stretch of load by wrk. Every client is a thread of its own with one connection, so that each
// answer can be held against the very request that it belongs to: a value of another tenant is seen.

import { spawn } from "node:child_process";
import { once } from "node:events";

/** What to send where. */
export interface LoadOptions {
  /** A TCP port of 127.0.0.1. */
  readonly port: number;
  readonly clients: number;
  readonly seconds: number;
  /** wrk's script; it prints a line as `load-script.ts` says. */
  readonly scriptFile: string;
  /** Ends the load early. */
  readonly signal: AbortSignal;
}

/** What came back. */
export interface Load {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers with the expected value. */
  readonly right: number;
  /** Answers of status 200 with another value. */
  readonly foreign: number;
  /** Answers of another status, and requests that had none. */
  readonly errors: number;
}

/**
 * Runs wrk once.
 * @throws {Error} when wrk is missing, fails, or is ended by the signal
 */
export async function runLoad(options: LoadOptions): Promise<Load> {
  const { port, clients, seconds, scriptFile, signal } = options;
  const count = String(clients);
  const url = `http://127.0.0.1:${port}/`;
  const parameters = ["-t", count, "-c", count, "-d", `${seconds}s`, "-s", scriptFile, url];
  const output = await runWrk(parameters, signal);
  const line = /^RESULT (.*)$/m.exec(output)?.[1];
  if (line === undefined) throw new Error(`Cannot read the load's result: wrk said\n${output}`);
  const found = JSON.parse(line) as Record<"us" | "p50Us" | "p99Us", number> & Load;
  return {
    requests: found.requests,
    requestsPerSecond: (found.requests / found.us) * 1e6,
    p50Ms: found.p50Us / 1000,
    p99Ms: found.p99Us / 1000,
    right: found.right,
    foreign: found.foreign,
    errors: found.errors,
  };
}

/** The version that wrk says it has. */
export async function readWrkVersion(signal: AbortSignal): Promise<string> {
  return /^wrk (\S+)/.exec(await runWrk(["-v"], signal))?.[1] ?? "unknown";
}

/** Resolves to what it printed, whatever its exit status: with `-v` that is 1. */
async function runWrk(parameters: readonly string[], signal: AbortSignal): Promise<string> {
  const child = spawn("wrk", parameters, { signal, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  try {
    await once(child, "close");
  } catch (error) {
    if (Object(error)["code"] !== "ENOENT") throw error;
    throw new Error("Cannot find wrk: it is not installed\nType: apt-get install wrk", {
      cause: error,
    });
  }
  return output;
}
