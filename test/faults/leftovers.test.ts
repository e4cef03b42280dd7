// What a run of the tests starts ends with it, and its files go, whatever ends it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { isRunning } from "../../admin/development/embedded/liveness.ts";
import { until } from "../support/until.ts";
import type { Started } from "./abandoned-run.ts";

const PROGRAM = fileURLToPath(new URL("abandoned-run.js", import.meta.url));

describe("what a run leaves", () => {
  for (const signal of ["SIGKILL", "SIGINT"] as const) {
    it(`openRun() ends servers and services and removes their files after ${signal}`, async () => {
      const runner = spawn(process.execPath, [PROGRAM], { stdio: ["ignore", "pipe", "inherit"] });
      const { folder, pids } = await readStarted(runner);
      const running = (): Promise<boolean[]> => Promise.all(pids.map(isRunning));
      expect([existsSync(folder), ...(await running())]).not.to.include(false);
      runner.kill(signal);
      await until("a process is left", async () => !(await running()).includes(true));
      await until("the folder is left", () => !existsSync(folder));
    });
  }
});

async function readStarted(runner: ChildProcess): Promise<Started> {
  if (runner.stdout === null) throw new Error("Cannot read what was started: there is no output");
  const lines = createInterface(runner.stdout);
  const ended = once(runner, "exit").then(() => {
    throw new Error("Cannot read what was started: the run ended");
  });
  const [line] = (await Promise.race([once(lines, "line"), ended])) as [string];
  ended.catch(() => {});
  return JSON.parse(line) as Started;
}
