// A run of the suite, the benchmark or another program of this folder: what it starts ends with it, and its
// temporary files go, whatever ends it. Every temporary folder lies in one; a process of its own, which only a
// closed pipe wakes, removes that folder and ends every process that was started with it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, realpathSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const UNDERTAKER = fileURLToPath(new URL("undertaker.js", import.meta.url));

/** A run that goes on. */
export interface Run {
  /** Where its temporary files lie: TMPDIR of this process, and of those that it starts. */
  readonly folder: string;
  /** Ends what was left running, removes the folder, and waits for both. */
  close(): Promise<void>;
}

/** Opens the run of this process. What kills the process closes it as well. */
export function openRun(): Run {
  const before = process.env["TMPDIR"];
  const folder = makeFolder("rowhouse-run-");
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

/** Makes a temporary folder that others may enter: servers run as a user of their own. */
export function makeFolder(prefix: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
  chmodSync(folder, 0o711);
  return folder;
}

/** The variables that a program needs to belong to the run: c8 follows it, and its temporary files go. */
export function inheritedVariables(): Record<string, string> {
  const names = ["PATH", "TMPDIR", "NODE_V8_COVERAGE"];
  const set = names.map((name): [string, string | undefined] => [name, process.env[name]]);
  return Object.fromEntries(set.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
