// CPU time and memory of processes, from Linux's /proc. A process's own figure holds all of its threads.
// Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html

import { readdirSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import process from "node:process";

const US_PER_TICK = 10_000; // USER_HZ is 100 on every Linux that Node runs on
const PARENT = 1; // fields behind the name, from 0
// Ticks in user mode; those in the kernel stand behind them.
const OWN = 11;
const ENDED_CHILDREN = 13;

/** The CPU time that a process has used so far, user and system, in microseconds. */
export async function readCpuUs(pid: number): Promise<number> {
  return cpuUs(await readStat(pid));
}

/** The same for a process and all that descend from it, as far as they live. */
export async function readTreeCpuUs(pid: number): Promise<number> {
  return (await readTree(pid)).reduce((sum, { fields }) => sum + cpuUs(fields), 0);
}

/**
 * The CPU time of a server that forks processes with one thread each: its own, its children's, and that of
 * children that have ended. Of hundreds of processes each had less than a tick, so the scheduler's nanoseconds
 * count. https://docs.kernel.org/scheduler/sched-stats.html
 */
export async function readServerCpuUs(pid: number): Promise<number> {
  const ended = cpuUs(await readStat(pid), ENDED_CHILDREN);
  const running = await Promise.all(
    (await readTree(pid)).map(async ({ pid }) => {
      const text = await readFile(`/proc/${pid}/schedstat`, "utf8").catch(() => "0");
      return Number(text.split(" ")[0]) / 1000;
    }),
  );
  return running.reduce((sum, us) => sum + us, ended);
}

/**
 * The CPU time of the threads that a process has now, to the microsecond, at once: the process goes on meanwhile, unless
 * it stands still. https://docs.kernel.org/scheduler/sched-stats.html
 */
export function readThreadsCpuUs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8"))
    .reduce((sum, text) => sum + Number(text.split(" ")[0]) / 1000, 0);
}

/** The CPU time of all programs that this process has started and that have ended. */
export async function readEndedChildrenCpuUs(): Promise<number> {
  return cpuUs(await readStat(process.pid), ENDED_CHILDREN);
}

/** The memory that a process and all that descend from it have in RAM, shared pages counted in each, in MiB. */
export async function readTreeMemoryMiB(pid: number): Promise<number> {
  const tree = await readTree(pid);
  const sizes = await Promise.all(
    tree.map(async ({ pid }) => {
      const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
    }),
  );
  return sizes.reduce((sum, kilobytes) => sum + kilobytes, 0) / 1024;
}

interface Listed {
  readonly pid: number;
  readonly fields: readonly string[];
}

async function readTree(root: number): Promise<readonly Listed[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  // A process that has ended since the list was read has no file.
  const all = await Promise.all(
    pids.map(async (pid) => ({ pid, fields: await readStat(pid).catch(() => []) })),
  );
  const tree = all.filter(({ pid }) => pid === root);
  // The list grows while it is read, by the children of each.
  for (const { pid } of tree) {
    tree.push(...all.filter(({ fields }) => Number(fields[PARENT]) === pid));
  }
  return tree;
}

/** The fields behind the program's name, which may hold spaces and parentheses itself. */
async function readStat(pid: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8");
  return text
    .slice(text.lastIndexOf(")") + 2)
    .trim()
    .split(" ");
}

function cpuUs(fields: readonly string[], at = OWN): number {
  return (Number(fields[at]) + Number(fields[at + 1])) * US_PER_TICK;
}
