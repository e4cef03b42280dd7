// A service as a process of its own, with its standard output thrown away as a log collector's
// would be: nobody in this process reads it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findFreePort } from "../support/network/free-port.ts";
import { inheritedVariables } from "../support/program/run.ts";

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 20;

/** A service that listens. Whoever started it stops it. */
export interface Program {
  /** The TCP port on 127.0.0.1. */
  readonly port: number;
  readonly pid: number;
  /** Ends it at once and waits. */
  stop(): Promise<void>;
}

/**
 * Starts a module with Node and waits until it takes connections.
 * @param entry the compiled module, relative to this file
 * @param env its environment, beside PORT and what belongs to the run
 * @param node the program of Node
 * @throws {Error} when it ends before, or does not listen in time
 */
export async function startProgram(
  entry: string,
  env: Readonly<Record<string, string>>,
  node: string = process.execPath,
): Promise<Program> {
  const port = await findFreePort();
  const file = fileURLToPath(new URL(entry, import.meta.url));
  const child = spawn(node, [file], {
    env: { ...inheritedVariables(), ...env, PORT: String(port) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const stop = async (): Promise<void> => {
    if (hasEnded(child)) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isListening(port))) {
    if (hasEnded(child) || Date.now() > deadline) {
      await stop();
      throw new Error(`Cannot start "${entry}": it does not listen on port ${port}`);
    }
    await setTimeout(POLL_MS);
  }
  return { port, pid: child.pid ?? 0, stop };
}

/**
 * Reads a path with a Host header of one's own, which `fetch` does not allow.
 * @returns the body of an answer of status 200
 */
export async function read(port: number, host: string, path: string): Promise<string> {
  const outgoing = request({ host: "127.0.0.1", port, path, headers: { host } }).end();
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  const text = (await incoming.setEncoding("utf8").toArray()).join("");
  if (incoming.statusCode === 200) return text;
  throw new Error(`Cannot read "${path}" of "${host}": ${incoming.statusCode} ${text}`);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port }, () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
