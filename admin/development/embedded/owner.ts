// Which process stops the embedded PostgreSQL: the one that wrote its id into the folder. Others share
// it meanwhile; when that process has died without stopping it, the next takes over.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { isRunning } from "./liveness.ts";

/**
 * Makes this process the owner of `folder`, unless another living process owns it.
 * @returns the id of the current owner
 */
export async function claimFolder(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "owner.pid");
  const claim = async (): Promise<boolean> => {
    try {
      await writeFile(file, String(process.pid), { flag: "wx" });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      return false;
    }
  };
  if (await claim()) return process.pid;
  const owner = Number(await readFile(file, "utf8").catch(() => ""));
  if (owner !== process.pid && owner > 0 && (await isRunning(owner))) return owner;
  await rm(file, { force: true });
  return (await claim()) ? process.pid : Number(await readFile(file, "utf8"));
}

/** Ends this process's ownership. */
export async function releaseFolder(folder: string): Promise<void> {
  await rm(join(folder, "owner.pid"), { force: true });
}
