// A verb as a program, with its time and the most memory that it had.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { inheritedVariables } from "../../support/program/run.ts";

/** One run of a verb. */
export interface VerbMeasure {
  /** From start to end, the program's own start included. */
  readonly seconds: number;
  /** The most resident memory, in MiB, as far as it was seen. */
  readonly peakMiB: number;
}

const POLL_MS = 20;

/**
 * Runs `node admin/<name>.js`.
 * @throws {Error} with what it printed, when it does not succeed
 */
export function measureVerb(
  adminUrl: string,
  migrations: string,
  name: string,
  ...parameters: readonly string[]
): Promise<VerbMeasure> {
  const env = { ADMIN_DATABASE_URL: adminUrl, TENANT_MIGRATIONS: migrations };
  return measureProgram(`../../../admin/${name}.js`, env, ...parameters);
}

/**
 * Runs a module with Node.
 * @param file relative to this one
 * @throws {Error} with what it printed, when it does not succeed
 */
export async function measureProgram(
  file: string,
  env: Readonly<Record<string, string>>,
  ...parameters: readonly string[]
): Promise<VerbMeasure> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const started = performance.now();
  const child = spawn(process.execPath, [path, ...parameters], {
    env: { ...inheritedVariables(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  let peakMiB = 0;
  const poll = setInterval(() => {
    void readPeak(child.pid ?? 0).then((peak) => (peakMiB = Math.max(peakMiB, peak)));
  }, POLL_MS);
  const [status] = (await once(child, "close")) as [number];
  clearInterval(poll);
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${output.slice(-2000)}`);
  return { seconds: (performance.now() - started) / 1000, peakMiB };
}

/** Linux keeps the peak itself: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
async function readPeak(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}
