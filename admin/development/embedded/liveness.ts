// Whether a process runs. A zombie does not, although a signal finds it.

import { readFile } from "node:fs/promises";
import process from "node:process";

/** A process's arguments; undefined where the system does not list them. A zombie's are empty. */
export async function readArguments(pid: number): Promise<readonly string[] | undefined> {
  if (process.platform !== "linux") return undefined;
  const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return line.split("\0").filter((argument) => argument !== "");
}

/** Whether a signal finds the process: it runs, or is a zombie. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return Object(error)["code"] === "EPERM";
  }
}

/** Whether the process runs. */
export async function isRunning(pid: number): Promise<boolean> {
  const found = await readArguments(pid);
  return isAlive(pid) && (found === undefined || found.length > 0);
}
