// The page of wide tenants, and the figures beside it: a section for each size that was measured.

import { readFile, writeFile } from "node:fs/promises";
import { formatPage, replaceSection, type Section } from "./section.ts";

const FIGURES = new URL("../results/wide.json", import.meta.url);
const PAGE = new URL("../results/wide.md", import.meta.url);

/** Reads the figures of all sections. */
export async function readSections(): Promise<readonly Section[]> {
  const text = await readFile(FIGURES, "utf8");
  return (JSON.parse(text) as { readonly sections: readonly Section[] }).sections;
}

/** Renews the section of one size. The others stay as they are. */
export async function writeSection(section: Section): Promise<void> {
  const sections = replaceSection(await readSections(), section);
  await writeFile(FIGURES, `${JSON.stringify({ sections }, undefined, 2)}\n`);
  await writeFile(PAGE, formatPage(sections));
}
