// The report: for each part a page of Markdown with its charts beside it, and every figure as JSON. A part that
// is measured again replaces its own files and no others, so each page says when and on what it was taken.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Chart, PartResult } from "../part.ts";

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

/** Writes `PART.md`, `PART.json` and the charts of each part into a folder, which is made when missing. */
export async function writeReport(
  folder: string,
  machine: string,
  results: Results,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, result] of Object.entries(results)) {
    await writeFile(join(folder, `${name}.md`), formatReport(machine, { [name]: result }));
    const text = JSON.stringify({ machine, figures: result.figures }, undefined, 2);
    await writeFile(join(folder, `${name}.json`), `${text}\n`);
    for (const { file, svg } of result.charts) await writeFile(join(folder, file), svg);
  }
}

function showChart({ file, title }: Chart): string {
  return `![${title}](./${file})`;
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}
