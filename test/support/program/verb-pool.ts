// Processes that have loaded the verbs already: {@link file://./verb-host.ts}. A start costs half a second of
// CPU, which a test of a verb's rules need not pay again; the first to ask waits for a start, the next do not.

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { inheritedVariables } from "./run.ts";
import type { Order, Outcome } from "./verb-host.ts";

const PROGRAM = fileURLToPath(new URL("verb-host.js", import.meta.url));
// More than this many verbs at once are rare: what they were run in is ended.
const IDLE = 2;

const idle: ChildProcess[] = [];

/**
 * Runs a verb in a process of the pool.
 * @throws {Error} when that process ends before the verb does
 */
export async function runInPool(order: Order): Promise<Outcome> {
  const host = takeHost();
  setReferenced(host, true);
  const outcome = await perform(host, order);
  setReferenced(host, false);
  if (idle.length < IDLE) idle.push(host);
  else host.disconnect();
  return outcome;
}

function perform(child: ChildProcess, order: Order): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const fail = (code: number | null, signal: NodeJS.Signals | null): void =>
      reject(new Error(`Cannot run ${order.file}: its process ended with ${code ?? signal}`));
    child.once("exit", fail);
    child.once("message", (outcome: Outcome) => {
      child.off("exit", fail);
      resolve(outcome);
    });
    child.send(order);
  });
}

function takeHost(): ChildProcess {
  const found = idle.pop();
  if (found !== undefined) return found;
  return fork(PROGRAM, {
    env: inheritedVariables(),
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

/** Only a verb that runs keeps this process alive. */
function setReferenced(child: ChildProcess, referenced: boolean): void {
  if (referenced) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
}
