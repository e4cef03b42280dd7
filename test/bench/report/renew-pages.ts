// Renews the tables of the pages from the reports in `results`. A table stands between `<!-- results: PART, HEADING -->`
// and `<!-- end of results -->`: that of the part's report, without spreads. `HEADING, 2` is the second one below the
// heading; `machine` is what the part was taken on; `headline` the table of the first page.

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { formatHeadline, type HeadlineFigures } from "./headline.ts";

const ROOT = new URL("../../../", import.meta.url);
const RESULTS = new URL("../results/", import.meta.url);
const BLOCK = /(<!-- results: (.+) -->\n)[^]*?(<!-- end of results -->)/g;
// What says more in the report than on a page.
const LEFT_OUT: ReadonlySet<string> = new Set(["right", "errors"]);

/** The pages with tables from the reports, as paths from the root. */
export const PAGES: readonly string[] = ["README.md", "test/bench/README.md"];

/**
 * Writes the pages.
 * @throws {Error} for a block that no report has
 */
export async function renewPages(): Promise<void> {
  for (const page of PAGES) {
    const file = new URL(page, ROOT);
    await writeFile(file, await renew(await readFile(file, "utf8")));
  }
}

/**
 * Renews the tables of one page.
 * @param text the page
 */
export async function renew(text: string): Promise<string> {
  const blocks = new Map<string, string>();
  for (const [, , name = ""] of text.matchAll(BLOCK)) blocks.set(name, await readBlock(name));
  const renewed = text.replaceAll(
    BLOCK,
    (_, begin: string, name: string, end: string) =>
      `${begin}\n${blocks.get(name) ?? ""}\n\n${end}`,
  );
  const config = await resolveConfig(fileURLToPath(new URL("README.md", ROOT)));
  return format(renewed, { ...config, parser: "markdown" });
}

async function readBlock(name: string): Promise<string> {
  if (name === "headline") return formatHeadline(await readFigures());
  const [part = "", heading = "", number = "1"] = name.split(", ");
  const report = await readFile(new URL(`${part}.md`, RESULTS), "utf8");
  const found =
    heading === "machine"
      ? /^- .*(?:\n- .*)*/m.exec(report)?.[0]
      : findTables(report, heading)[Number(number) - 1];
  if (found === undefined) {
    throw new Error(`Cannot renew "${name}": results/${part}.md does not have it`);
  }
  return heading === "machine" ? found : shorten(found);
}

/** The tables below a heading, up to the next one of the same depth or a higher one. */
function findTables(report: string, heading: string): readonly string[] {
  const [, , depth = "##"] =
    new RegExp(`^((#+) ${heading.replaceAll(/[^\w ]/g, String.raw`\$&`)})$`, "m").exec(report) ??
    [];
  const [, section = ""] = report.split(`\n${depth} ${heading}\n`);
  const end = section.search(new RegExp(`^#{1,${depth.length}} `, "m"));
  const text = end < 0 ? section : section.slice(0, end);
  return Array.from(text.matchAll(/^\|.*\|(?:\n\|.*\|)*/gm), ([table]) => table);
}

/** Medians without their spreads, and no columns that say the same in each row. */
function shorten(table: string): string {
  const rows = table.split("\n").map((line) => line.slice(2, -2).split(" | "));
  const kept = rows[0]?.map((title) => !LEFT_OUT.has(title)) ?? [];
  return rows
    .map((cells) =>
      cells.filter((_, at) => kept[at]).map((text) => text.replace(/ \([\d.,–]+\)$/, "")),
    )
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

async function readFigures(): Promise<HeadlineFigures> {
  const read = async (part: string): Promise<unknown> => {
    const text = await readFile(new URL(`${part}.json`, RESULTS), "utf8");
    return (JSON.parse(text) as { readonly figures: unknown }).figures;
  };
  return {
    requests: (await read("requests")) as HeadlineFigures["requests"],
    latency: (await read("latency")) as HeadlineFigures["latency"],
  };
}
