// npm run torture: the long form. Exits 1 when anything was found.

import process from "node:process";
import { parseArgs } from "node:util";
import { openRun } from "../support/program/run.ts";
import { type Figures, formatFigures, toFigures } from "./report.ts";
import { runTorture } from "./run.ts";

const USAGE = `Usage: npm run torture -- [--minutes N] [--seed N] [--clients N] [--json]

  --minutes N   how long, 30 when left out
  --seed N      what is done, to whom and in which order; by chance when left out, and printed
  --clients N   clients at once, 12 when left out
  --json        one JSON object in place of lines
`;

interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly clients: number;
  readonly json: boolean;
}

function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: "string", default: "30" },
        seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
        clients: { type: "string", default: "12" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    const number = (name: "minutes" | "seed" | "clients", least: number, most: number): number => {
      const found = Number(values[name]);
      if (found >= least && found <= most) return found;
      throw new Error(`Cannot use --${name} "${values[name]}": it must be ${least} to ${most}`);
    };
    return {
      minutes: number("minutes", 0.1, 10_000),
      seed: number("seed", 0, 1_000_000_000),
      clients: number("clients", 1, 60),
      json: values.json,
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}

const { minutes, seed, clients, json } = readOptions();
const interruption = new AbortController();
process.once("SIGINT", () => interruption.abort());
process.once("SIGTERM", () => interruption.abort());
if (!json) process.stdout.write(`seed ${seed}\n`);
const run = openRun();
let figures: Figures;
try {
  const tortured = await runTorture({
    seed,
    clients,
    seconds: minutes * 60,
    rounds: Infinity,
    quietMs: 4000,
    signal: interruption.signal,
  });
  figures = toFigures(tortured);
} finally {
  await run.close();
}
process.stdout.write(
  json ? `${JSON.stringify({ seed, ...figures })}\n` : `${formatFigures(figures)}\nseed ${seed}\n`,
);
process.exitCode = figures.findings.length > 0 ? 1 : 0;
