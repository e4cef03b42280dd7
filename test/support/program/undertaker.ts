// node undertaker.js FOLDER: waits until its standard input is closed, which every end of the one who holds it
// does; ends each process whose command line or environment names FOLDER, and removes it.

import { readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";

const PATIENCE_MS = 5000;
const POLL_MS = 20;
const [folder = ""] = process.argv.slice(2);

for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => {});
for await (const chunk of process.stdin) void chunk;

const places = [folder, ...findPlaces()];
await endAll("SIGINT"); // PostgreSQL gives its shared memory back
await endAll("SIGKILL");
for (const place of places) rmSync(place, { recursive: true, force: true, maxRetries: 10 });

/** Where a cluster's files lie that a link leads to: its user cannot enter the folder. */
function findPlaces(): string[] {
  return readdirSync(folder).flatMap((name) => {
    try {
      return [dirname(readlinkSync(join(folder, name, "data")))];
    } catch {
      return [];
    }
  });
}

async function endAll(signal: NodeJS.Signals): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  const told = new Set<number>();
  for (;;) {
    const found = findProcesses();
    if (found.length === 0 || Date.now() > deadline) return;
    for (const pid of found.filter((pid) => !told.has(pid))) {
      told.add(pid);
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended meanwhile.
      }
    }
    await setTimeout(POLL_MS);
  }
}

/** Linux tells of every process; elsewhere the folder goes, and what runs is left. */
function findProcesses(): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && isOurs(pid));
}

function isOurs(pid: number): boolean {
  return ["cmdline", "environ"].some((name) => {
    try {
      const text = readFileSync(`/proc/${pid}/${name}`, "utf8");
      return places.some((place) => text.includes(place));
    } catch {
      return false;
    }
  });
}
