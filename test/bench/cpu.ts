// CPU time of processes, from Linux's /proc. A process's own figure holds all of its threads; that of
// a server which forks is the sum over its children, so it counts only children that stay alive.
// Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html

import { readdir, readFile } from "node:fs/promises";

const US_PER_TICK = 10_000; // USER_HZ is 100 on every Linux that Node runs on
const PARENT = 1; // fields behind the name, from 0
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** The CPU time that a process has used so far, user and system, in microseconds. */
export async function readCpuUs(pid: number): Promise<number> {
  return cpuUs(await readStat(pid));
}

/** The same for all living children of a process together. */
export async function readChildrenCpuUs(parent: number): Promise<number> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  // A process that has ended since the list was read has no file.
  const stats = await Promise.all(pids.map((pid) => readStat(pid).catch(() => [])));
  return stats
    .filter((fields) => Number(fields[PARENT]) === parent)
    .reduce((sum, fields) => sum + cpuUs(fields), 0);
}

/** The fields behind the program's name, which may hold spaces and parentheses itself. */
async function readStat(pid: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8");
  return text
    .slice(text.lastIndexOf(")") + 2)
    .trim()
    .split(" ");
}

function cpuUs(fields: readonly string[]): number {
  return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) * US_PER_TICK;
}
