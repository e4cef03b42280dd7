// The report: Markdown with the charts beside it, and every figure as JSON.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Chart, PartResult } from "./part.ts";

/** The outcome of one part, by the part's name. */
export type Results = Readonly<Record<string, PartResult>>;

/**
 * Writes the report as Markdown: the machine, a section for each part, what was missed and what failed.
 * @param machine lines of a list
 */
export function formatReport(machine: string, results: Results): string {
  const all = Object.values(results);
  const sections = all.map(({ title, markdown, charts }) =>
    [`## ${title}`, markdown, ...charts.map(showChart)].join("\n\n"),
  );
  const missed = all.flatMap((result) => result.missed);
  const failures = all.flatMap((result) => result.failures);
  return [
    "# Rowhouse, measured",
    machine,
    ...sections,
    ...(missed.length > 0 ? ["## Bars missed", list(missed)] : []),
    ...(failures.length > 0 ? ["## Failures", list(failures)] : []),
    "",
  ].join("\n\n");
}

/** Writes `report.md`, `figures.json` and the charts into a folder, which is made when missing. */
export async function writeReport(
  folder: string,
  machine: string,
  results: Results,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "report.md"), formatReport(machine, results));
  const figures = Object.entries(results).map(([name, { figures }]) => [name, figures]);
  const text = JSON.stringify({ machine, ...Object.fromEntries(figures) }, undefined, 2);
  await writeFile(join(folder, "figures.json"), `${text}\n`);
  for (const { charts } of Object.values(results)) {
    for (const { file, svg } of charts) await writeFile(join(folder, file), svg);
  }
}

/** The chart's own title stands for it where it cannot be seen. */
function showChart({ file, svg }: Chart): string {
  const [, title = file] = /<title[^>]*>(.*?)<\/title>/.exec(svg) ?? [];
  return `![${title}](./${file})`;
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}
