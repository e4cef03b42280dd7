// How much memory a program had at most, as Linux counts it.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

const POLL_MS = 20;

/**
 * Waits for a program's end.
 * @returns the highest resident set size in bytes: the kernel keeps it, so that the last look before the end counts
 */
export async function watchPeak(child: ChildProcess): Promise<number> {
  const ended = once(child, "exit");
  let peak = 0;
  while (child.exitCode === null && child.signalCode === null) {
    const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
    if (kilobytes !== undefined) peak = Number(kilobytes) * 1024;
    await Promise.race([ended, setTimeout(POLL_MS)]);
  }
  return peak;
}
