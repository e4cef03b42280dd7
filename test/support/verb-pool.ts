// Processes that have loaded the verbs already: {@link file://./verb-host.ts}. A start costs half a second of
// CPU, which a test of a verb's rules need not pay again; the first to ask waits for a start, the next do not.

import { type ChildProcess, fork } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inheritedVariables } from "./run.ts";
import type { Order, Outcome } from "./verb-host.ts";

const PROGRAM = fileURLToPath(new URL("verb-host.js", import.meta.url));
// More than this many verbs at once are rare: what they were run in is ended.
const IDLE = 2;

interface Host {
  readonly child: ChildProcess;
  /** The folders whose migrations it has imported, each with {@link describeFolder} of that moment. */
  readonly folders: Map<string, string>;
}

const idle: Host[] = [];

/**
 * Runs a verb in a process of the pool.
 * @throws {Error} when that process ends before the verb does
 */
export async function runInPool(order: Order): Promise<Outcome> {
  const folder = order.env["TENANT_MIGRATIONS"] ?? "";
  const found = folder === "" ? "" : describeFolder(folder);
  const host = takeHost((each) => [undefined, found].includes(each.folders.get(folder)));
  host.folders.set(folder, found);
  setReferenced(host, true);
  const outcome = await perform(host.child, order);
  setReferenced(host, false);
  if (idle.length < IDLE) idle.push(host);
  else host.child.disconnect();
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

/** A module is imported once in a process: who has imported others of a folder is of no use for it. */
function takeHost(isFit: (host: Host) => boolean): Host {
  const index = idle.findIndex(isFit);
  const [found] = index < 0 ? [] : idle.splice(index, 1);
  if (found !== undefined) return found;
  if (idle.length === IDLE) idle.shift()?.child.disconnect();
  const child = fork(PROGRAM, {
    env: inheritedVariables(),
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  return { child, folders: new Map() };
}

/** What changes when one of its files does. */
function describeFolder(folder: string): string {
  try {
    return readdirSync(folder)
      .toSorted()
      .map((name) => {
        const { mtimeMs, size } = statSync(join(folder, name));
        return `${name} ${mtimeMs} ${size}`;
      })
      .join("\n");
  } catch {
    return "unreadable";
  }
}

/** Only a verb that runs keeps this process alive. */
function setReferenced({ child }: Host, referenced: boolean): void {
  if (referenced) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
}
