// node test/bench/report/redraw.js: draws the charts of the kept report from its figures, and measures nothing.

import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { drawGrowth, type Grown } from "../growth/report.ts";
import { drawLatency, type Measured as Distant } from "../latency/table.ts";
import type { Chart } from "../part.ts";
import { drawRequests } from "../requests/charts.ts";
import { POOLED_READS } from "../requests/mode.ts";
import type { Measured } from "../requests/table.ts";

const RESULTS = new URL("../results/", import.meta.url);

interface Figures {
  readonly requests: {
    readonly tables: readonly { readonly title: string; readonly measured: readonly Measured[] }[];
  };
  readonly latency: { readonly measured: readonly Distant[] };
  readonly growth: { readonly sizes: readonly Grown[] };
}

const requests = await read("requests");
const reads = requests.tables.find(({ title }) => title === POOLED_READS.title)?.measured ?? [];
const charts: readonly Chart[] = [
  drawRequests(reads),
  drawLatency((await read("latency")).measured),
  ...drawGrowth((await read("growth")).sizes),
];
for (const { file, svg } of charts) await writeFile(new URL(file, RESULTS), svg);
process.stdout.write(`Drew ${charts.length} charts in ${fileURLToPath(RESULTS)}\n`);

/** The figures that the part of this name has written beside its page. */
async function read<Name extends keyof Figures>(name: Name): Promise<Figures[Name]> {
  const text = await readFile(new URL(`${name}.json`, RESULTS), "utf8");
  return (JSON.parse(text) as { figures: Figures[Name] }).figures;
}
