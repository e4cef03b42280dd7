// npm run matrix: the promises on each pair of Node and PostgreSQL, one pair after the other, and a table. Exit status
// 1 when a test of a pair fails, 2 for a wrong option. Ctrl-C ends it; --only goes on with the pairs that are left.

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { PROMISES } from "./part.ts";
import { type Outcome, runPair } from "./run.ts";
import { findPair, listVersions, type Pair, USUAL_PAIRS } from "./versions.ts";

const USAGE = `Usage: npm run matrix -- [--only NODE/POSTGRESQL,…] [--whole]

Runs the part of the suite that depends on versions on pairs of Node and PostgreSQL. They come from npm, into the
user's cache.

  --only PAIRS  other pairs than ${USUAL_PAIRS.join(", ")}
                (${listVersions()})
  --whole       the whole suite
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let pairs: readonly Pair[];
  let whole: boolean;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: "string" },
        whole: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    ({ whole } = values);
    pairs = (values.only?.split(",") ?? USUAL_PAIRS).map(requirePair);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n${USAGE}`);
    return 2;
  }
  const outcomes = await runAll(pairs, whole ? ["test/!(bench)/**/*.test.js"] : PROMISES);
  process.stdout.write(`\n${formatTable(outcomes)}\n`);
  return outcomes.length === pairs.length && outcomes.every(({ failed }) => failed === 0) ? 0 : 1;
}

async function runAll(
  pairs: readonly Pair[],
  files: readonly string[],
): Promise<readonly Outcome[]> {
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-matrix-"));
  const outcomes: Outcome[] = [];
  for (const pair of pairs) {
    const logFile = join(folder, `${pair.name.replace("/", "-")}.log`);
    process.stderr.write(`${pair.name}: ${logFile}\n`);
    try {
      const outcome = await runPair(pair, files, logFile);
      outcomes.push(outcome);
      if (outcome.report !== undefined) process.stderr.write(outcome.report);
      process.stderr.write(`${formatTable([outcome])}\n`);
    } catch (error) {
      process.stderr.write(`${pair.name}: ${messageOf(error)}\n`);
    }
  }
  return outcomes;
}

function requirePair(name: string): Pair {
  const pair = findPair(name);
  if (pair !== undefined) return pair;
  throw new Error(`Cannot test "${name}": it must be like 24/16, with ${listVersions()}`);
}

function formatTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ pair, passed, failed, seconds }) => [
    pair.node.version,
    pair.postgres.version.replace(/-.*/, ""),
    String(passed),
    String(failed),
    seconds.toFixed(0),
  ]);
  const lines = [
    ["Node", "PostgreSQL", "passed", "failed", "seconds"],
    Array.from({ length: 5 }, () => "---:"),
    ...rows,
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
