// Runs the part of the suite that every pair must pass, on the Node and the PostgreSQL of one pair.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { ROOT } from "../support/pages/checkout.ts";
import { install, installNode } from "./install.ts";
import type { Pair } from "./versions.ts";

/** The outcome of one pair. */
export interface Outcome {
  readonly pair: Pair;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  /** The end of what mocha printed, when something failed. */
  readonly report: string | undefined;
}

/**
 * Runs mocha with the pair's Node; the tests' servers are the pair's PostgreSQL.
 * @param files globs from the root
 * @param logFile gets all that mocha prints
 * @throws {Error} when a version cannot be installed
 */
export async function runPair(
  pair: Pair,
  files: readonly string[],
  logFile: string,
): Promise<Outcome> {
  const [node, server] = [await installNode(pair.node), await install(pair.postgres)];
  const began = performance.now();
  const status = await runMocha(node, server, files, logFile);
  const text = await readFile(logFile, "utf8");
  const count = (word: string): number =>
    Number([...text.matchAll(new RegExp(`^ +(\\d+) ${word}`, "gm"))].at(-1)?.[1] ?? 0);
  const [passed, failing] = [count("passing"), count("failing")];
  // Without a count of its own: the run ended before its first test, or a secret was printed.
  const failed = status === 0 && passed > 0 ? 0 : Math.max(1, failing);
  const from = Math.max(0, text.search(/^ +\d+ passing/m));
  return {
    pair,
    passed,
    failed,
    seconds: (performance.now() - began) / 1000,
    report: failed > 0 ? text.slice(from) : undefined,
  };
}

async function runMocha(
  node: string,
  server: string,
  files: readonly string[],
  logFile: string,
): Promise<number> {
  const mocha = join(ROOT, "node_modules/mocha/bin/mocha.js");
  const { TEST_DATABASE_URL: _, ...env } = process.env;
  const child = spawn(node, [mocha, "--config", "test/matrix/mocharc.cjs", ...files], {
    cwd: ROOT,
    env: {
      ...env,
      PATH: `${dirname(node)}${delimiter}${env["PATH"] ?? ""}`,
      TEST_POSTGRES: server,
      NO_COLOR: "1",
      FORCE_COLOR: "0",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = createWriteStream(logFile);
  for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false });
  const [status] = (await once(child, "close")) as [number | null];
  log.end();
  await once(log, "finish");
  return status ?? 1;
}
