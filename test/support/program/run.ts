// A run of the suite, the benchmark or another program of this folder: what it starts ends with it, and its
// temporary files go, whatever ends it. Every temporary folder lies in one; a process of its own, which only a
// closed pipe wakes, removes that folder and ends every process that was started with it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, realpathSync, statfsSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const UNDERTAKER = fileURLToPath(new URL("undertaker.js", import.meta.url));
const MEMORY = "/dev/shm";
const NEEDED_BYTES = 4 * 2 ** 30;

/** A run that goes on. */
export interface Run {
  /** Where its temporary files lie: TMPDIR of this process, and of those that it starts. */
  readonly folder: string;
  /** Ends what was left running, removes the folder, and waits for both. */
  close(): Promise<void>;
}

/**
 * Opens the run of this process. What kills the process closes it as well.
 * @param inMemory whether its files may lie in memory, where there is room: a suite that makes and removes a hundred
 *   databases waits long for a disk, whose file system passes over the place of each file that was just removed
 */
export function openRun({ inMemory = false }: { readonly inMemory?: boolean } = {}): Run {
  const before = process.env["TMPDIR"];
  const parent = inMemory && before === undefined && hasMemory() ? MEMORY : tmpdir();
  const folder = makeFolder("rowhouse-run-", parent);
  const undertaker = spawn(process.execPath, [UNDERTAKER, folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true, // Ctrl-C at a terminal does not reach it
  });
  undertaker.unref();
  if (undertaker.stdin instanceof Socket) undertaker.stdin.unref();
  process.env["TMPDIR"] = folder;
  return {
    folder,
    async close() {
      const ended = once(undertaker, "exit");
      undertaker.ref();
      undertaker.stdin.end();
      await ended;
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    },
  };
}

/** Whether files may lie in memory: programs among them run there, and there is room. */
function hasMemory(): boolean {
  try {
    const [, options] = / \/dev\/shm tmpfs (\S+)/.exec(readFileSync("/proc/mounts", "utf8")) ?? [];
    if (options === undefined || options.split(",").includes("noexec")) return false;
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= NEEDED_BYTES;
  } catch {
    return false;
  }
}

/** Makes a temporary folder that others may enter: servers run as a user of their own. */
export function makeFolder(prefix: string, parent: string = tmpdir()): string {
  const folder = realpathSync(mkdtempSync(join(parent, prefix)));
  chmodSync(folder, 0o711);
  return folder;
}

/** The variables that a program needs to belong to the run: c8 follows it, and its temporary files go. */
export function inheritedVariables(): Record<string, string> {
  const names = ["PATH", "TMPDIR", "NODE_V8_COVERAGE"];
  const set = names.map((name): [string, string | undefined] => [name, process.env[name]]);
  return Object.fromEntries(set.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
