// A runtime as a user starts it, and its end: nothing of it may be left when it has been stopped.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { programOf, type Program } from "../../../admin/development/runtime.ts";
import type { Runtime } from "../../../admin/development/application.ts";
import { findFreePort } from "../network/free-port.ts";
import { recordPrinted } from "./printed.ts";
import { inheritedVariables } from "./run.ts";
import { until } from "../until.ts";

const START_TIMEOUT_MS = 60_000; // wrangler bundles first
const POLL_MS = 10;

/** A runtime that serves. Whoever started it stops it. */
export interface RunningRuntime {
  /** The TCP port on 127.0.0.1. */
  readonly port: number;
  /** The number of the process that was started. */
  readonly pid: number;
  /** All that it has printed. */
  output(): string;
  /**
   * Ends it as Ctrl-C at a terminal does, which reaches every process of the program, and waits
   * until none is left; does nothing the second time.
   */
  stop(): Promise<void>;
  /** Ends it with SIGKILL, where how it ends is not what is tested. */
  kill(): Promise<void>;
}

/**
 * Starts a runtime on a free port and waits until it serves.
 * @param env DATABASE_URL and other variables of the service
 * @param change makes it another program than the one that development starts
 * @throws {Error} with all that it printed, when it ends before it serves, or does not serve in time
 */
export async function startRuntime(
  runtime: Runtime,
  env: Readonly<Record<string, string>>,
  change: (program: Program) => Program = (program) => program,
): Promise<RunningRuntime> {
  const port = await findFreePort();
  // wrangler and Deno keep caches in the home folder.
  const passed = { ...inheritedVariables(), HOME: process.env["HOME"] };
  const program = change(programOf(runtime, port, { ...passed, ...env }));
  const child = spawn(program.file, program.parameters, {
    cwd: program.folder,
    env: program.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a process group of its own, to signal and to look for as a whole
  });
  const pid = child.pid ?? 0;
  const exited = once(child, "exit");
  const kill = (): void => signalGroup(pid, "SIGKILL");
  process.on("exit", kill);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  recordPrinted(child.stdout, child.stderr);
  const end = async (signal: "SIGINT" | "SIGKILL"): Promise<void> => {
    signalGroup(pid, signal);
    await exited;
    await until(`${runtime} leaves a process behind`, () => !hasProcesses(pid));
    process.off("exit", kill);
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!output.includes(program.ready)) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || Date.now() > deadline) {
      kill();
      throw new Error(`Cannot start ${runtime}: it does not serve, and said\n${output.trim()}`);
    }
    await Promise.race([exited, setTimeout(POLL_MS)]);
  }
  let stopped: Promise<void> | undefined;
  const endOnce = (signal: "SIGINT" | "SIGKILL"): Promise<void> => (stopped ??= end(signal));
  return {
    port,
    pid,
    output: () => output,
    stop: () => endOnce("SIGINT"),
    kill: () => endOnce("SIGKILL"),
  };
}

function signalGroup(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch {
    // All of them have ended.
  }
}

/** Whether a process of the group lives; one that has ended may wait long for its parent's notice. */
function hasProcesses(group: number): boolean {
  const { stdout, error } = spawnSync("ps", ["-A", "-o", "pgid=,stat="], { encoding: "utf8" });
  if (error) throw new Error("Cannot list processes: ps does not run", { cause: error });
  return stdout.split("\n").some((line) => {
    const [pgid, state] = line.trim().split(/\s+/);
    return Number(pgid) === group && !state?.startsWith("Z");
  });
}
