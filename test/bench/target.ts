// A system that runs: how it is measured, and how it is ended.

import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { programOf } from "../../admin/development/runtime.ts";
import type { Runtime } from "../../admin/development/application.ts";
import { findFreePort } from "../support/network/free-port.ts";
import { inheritedVariables } from "../support/program/run.ts";
import type { Load } from "./load/load.ts";
import { hostOf } from "./names.ts";
import { read, startProgram } from "./program.ts";
import type { Order, Stretch } from "./systems/floors/loop.ts";

const START_TIMEOUT_MS = 60_000; // wrangler bundles first
const POLL_MS = 20;

/** A running system. Whoever started it stops it. */
export interface Target {
  /** The first of its processes. */
  readonly pid: number;
  /** Where it serves HTTP on 127.0.0.1; undefined when it puts itself under load. */
  readonly port?: number;
  /** Puts itself under load. */
  run?(seconds: number, clients: number): Promise<Load>;
  stop(): Promise<void>;
}

/** Starts a system with its environment. */
export type Start = (env: Readonly<Record<string, string>>) => Promise<Target>;

/** A module that serves HTTP on a Node; relative to this folder. */
export const onProgram =
  (node: string, entry: string): Start =>
  (env) =>
    startProgram(entry, env, node);

/** The same on the Node of this process. */
export const onNode = (entry: string): Start => onProgram(process.execPath, entry);

/** Rowhouse on one of its runtimes; what it logs is thrown away, as {@link onProgram} does. */
export const onRuntime =
  (runtime: Runtime): Start =>
  async (env) => {
    const port = await findFreePort();
    // wrangler and Deno keep caches in the home folder.
    const passed = { ...inheritedVariables(), HOME: process.env["HOME"] };
    const program = programOf(runtime, port, { ...passed, ...env });
    const child = spawn(program.file, program.parameters, {
      cwd: program.folder,
      env: program.env,
      stdio: "ignore",
      detached: true, // a process group of its own, to end as a whole
    });
    const pid = child.pid ?? 0;
    const stop = async (): Promise<void> => {
      if (!hasEnded(child)) {
        const ended = once(child, "exit");
        process.kill(-pid, "SIGINT");
        await ended;
      }
      endGroup(pid);
    };
    const deadline = Date.now() + START_TIMEOUT_MS;
    while ((await read(port, hostOf(1), "/healthz").catch(() => "")) === "") {
      if (hasEnded(child) || Date.now() > deadline) {
        await stop();
        throw new Error(`Cannot start Rowhouse on "${runtime}": it does not serve on port ${port}`);
      }
      await setTimeout(POLL_MS);
    }
    return { pid, port, stop };
  };

/** A module that obeys orders, as `systems/floors/loop.ts` says. */
export const asLoop =
  (entry: string): Start =>
  async (env) => {
    const file = fileURLToPath(new URL(entry, import.meta.url));
    const child = fork(file, {
      env: { ...inheritedVariables(), ...env },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    await answerOf(child);
    return {
      pid: child.pid ?? 0,
      async run(seconds, callers) {
        const order: Order = { seconds, callers };
        child.send(order);
        const { seconds: took, ...stretch } = (await answerOf(child)) as Stretch;
        return { ...stretch, errors: 0, requestsPerSecond: stretch.requests / took };
      },
      async stop() {
        if (hasEnded(child)) return;
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      },
    };
  };

/** The next message of the program. */
function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => {
      child.off("exit", fail);
      resolve(message);
    });
    const fail = (): void => reject(new Error("Cannot measure: a program has ended; see above"));
    child.once("exit", fail);
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of them have ended.
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
