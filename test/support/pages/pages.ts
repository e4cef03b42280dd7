// The pages of this repository: the Markdown files that git knows or would take, and what stands in them.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./checkout.ts";

/** A fenced block of code. */
export interface Block {
  /** The word behind the fence, such as "console". */
  readonly language: string;
  /** The path that its first line names in a comment; undefined without one. */
  readonly path: string | undefined;
  /** The lines, without the fence and without the one that names the path. */
  readonly text: string;
}

/** One page. */
export interface Page {
  /** Its path from the top of the tree. */
  readonly file: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** What its commands need before they run: the words of `<!-- needs: demo -->`. */
  readonly needs: readonly string[];
}

/** The page that a visitor sees first. */
export const FRONT_PAGE = "README.md";

/** Every page, by its path. */
export function listPages(): readonly Page[] {
  return listFiles("*.md").map((file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    const [, needs = ""] = /^<!-- needs: ([\w, ]+) -->$/m.exec(text) ?? [];
    return { file, text, blocks: readBlocks(text), needs: needs.split(", ").filter(Boolean) };
  });
}

/**
 * The page of this path.
 * @throws {Error} without such a page
 */
export function readPage(file: string): Page {
  const found = listPages().find((page) => page.file === file);
  if (found === undefined) throw new Error(`Cannot read page "${file}": git has no such file`);
  return found;
}

/** The files that git knows, or that a commit would add; a "*" of a pattern stands for folders, too. */
export function listFiles(...patterns: readonly string[]): readonly string[] {
  const parameters = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const listed = execFileSync("git", [...parameters, "--", ...patterns], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return listed.split("\n").filter(Boolean).toSorted();
}

/** The part of a page from a heading such as "## Errors" up to the next heading of the same depth. */
export function section({ file, text }: Page, heading: string): string {
  const start = text.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`Cannot find "${heading}": ${file} has no such heading`);
  const rest = text.slice(start + 1);
  const [hashes = ""] = /^#+/.exec(heading) ?? [];
  const end = rest.indexOf(`\n${hashes} `, 1);
  return end < 0 ? rest : rest.slice(0, end);
}

/** A page's text without its fenced blocks. */
export function prose({ text }: Page): string {
  return text.replaceAll(FENCE, "");
}

// The indentation of a block in a list is that of its fence.
const FENCE = /^( *)```(\w*)\n(.*?)^\1```$/gms;

function readBlocks(text: string): readonly Block[] {
  return [...text.matchAll(FENCE)].map(([, indentation = "", language = "", body = ""]) => {
    const lines = body.replaceAll(new RegExp(`^${indentation}`, "gm"), "");
    const [named, path] = /^\/\/ (\S+\.[jt]s)\n/.exec(lines) ?? [""];
    return { language, path, text: lines.slice(named.length) };
  });
}
