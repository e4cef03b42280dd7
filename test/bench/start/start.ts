// npm run bench:start -- [--write]: the CPU time that every verb takes to its first query, and its --help,
// on the oldest Node that is promised and on the current LTS. With --write it renews results/start.md.

import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { installNode } from "../../matrix/install.ts";
import { nodeVersion } from "../../matrix/versions.ts";
import { inheritedVariables, openRun } from "../../support/program/run.ts";
import { describeVerbMachine } from "../machine/machine.ts";
import { formatReport, writeReport } from "../report/report.ts";
import { measureFirstQuery, measureRun } from "./cpu.ts";
import { parametersOf } from "./parameters.ts";
import { openStartStage, type StartStage } from "./stage.ts";
import { describeStarts, type NodeStarts } from "./table.ts";

const ADMIN = fileURLToPath(new URL("../../../admin/", import.meta.url));
const RESULTS = fileURLToPath(new URL("../results", import.meta.url));
const NODES = ["20", "24"];
const TIMES = 3;

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const run = openRun();
try {
  const stage = await openStartStage(run.folder);
  try {
    const machine = await describeVerbMachine(NODES.map((node) => nodeVersion(node).version));
    const result = describeStarts(await measureAll(await listVerbs(), stage), TIMES);
    process.stdout.write(formatReport(machine, { start: result }));
    if (values.write) await writeReport(RESULTS, machine, { start: result });
  } finally {
    await stage.close();
  }
} finally {
  await run.close();
}

/** The verbs of the folder, in the order of the alphabet. */
async function listVerbs(): Promise<readonly string[]> {
  const names = await readdir(ADMIN);
  return names
    .filter((name) => name.endsWith(".js") && name !== "rowhouse.js")
    .map((name) => name.slice(0, -".js".length))
    .toSorted();
}

async function measureAll(
  verbs: readonly string[],
  { gate, folder, place, env }: StartStage,
): Promise<readonly NodeStarts[]> {
  const empty = join(folder, "empty.mjs");
  await writeFile(empty, "");
  const programs = await Promise.all(NODES.map((node) => installNode(nodeVersion(node))));
  const found = NODES.map((node) => ({ node, empty: Infinity, verbs: {} as Starts }));
  for (let time = 1; time <= TIMES; time += 1) {
    for (const [index, node] of programs.entries()) {
      const into = found[index];
      if (into === undefined) continue;
      const start = (...parameters: readonly string[]): Parameters<typeof measureRun>[0] => {
        return { node, parameters, env: { ...inheritedVariables(), ...env }, folder };
      };
      into.empty = Math.min(into.empty, await measureRun(start(empty)));
      for (const verb of verbs) {
        const file = join(ADMIN, `${verb}.js`);
        const best = (into.verbs[verb] ??= { help: Infinity });
        best.help = Math.min(best.help, await measureRun(start(file, "--help")));
        const parameters = parametersOf(verb)?.(place);
        if (parameters === undefined) continue;
        const seconds = await measureFirstQuery(start(file, ...parameters), gate);
        best.query = Math.min(best.query ?? Infinity, seconds);
      }
    }
    process.stderr.write(`start ${time}/${TIMES}\n`);
  }
  return found;
}

type Starts = Record<string, { query?: number; help: number }>;
