// Every link of the pages resolves, every page is linked from the front page, and every file that a page
// names exists.

import { posix } from "node:path";
import { expect } from "chai";
import { FRONT_PAGE, listFiles, listPages, type Page, prose } from "../support/pages/pages.ts";

const pages = listPages();
const files = new Set(listFiles());

describe("the links of", () => {
  for (const page of pages) {
    it(`${page.file} resolve`, () => {
      for (const link of linksOf(page)) {
        const [path = "", anchor] = link.split("#");
        const target = resolve(page, path);
        if (target === undefined) continue;
        expect(files.has(target), `${link}: "${target}" exists`).to.equal(true);
        if (anchor !== undefined) expect(anchorsOf(target), link).to.include(anchor);
      }
    });
  }

  it("the front page lead to every other page", () => {
    const front = pages.find(({ file }) => file === FRONT_PAGE);
    expect(front).not.to.equal(undefined);
    const linked = front === undefined ? [] : linksOf(front).map((link) => resolve(front, link));
    const others = pages.map(({ file }) => file).filter((file) => file !== FRONT_PAGE);
    expect(linked).to.include.members(others);
  });
});

describe("the files that pages name", () => {
  it("exist, or are written by a block", () => {
    const written = new Set(pages.flatMap(({ blocks }) => blocks.map(({ path }) => path)));
    const named = pages.flatMap(({ file, text }) =>
      (text.match(/\b(?:src|admin|test)\/[\w./-]+\.[jt]s\b/g) ?? []).map((name) => ({
        file,
        source: name.replace(/\.js$/, ".ts"),
      })),
    );
    expect(named.length).to.be.greaterThan(30);
    const missing = named.filter(({ source }) => !files.has(source) && !written.has(source));
    expect(missing).to.deep.equal([]);
  });
});

/** The targets of Markdown's links and images and of HTML's images. */
function linksOf(page: Page): readonly string[] {
  const text = prose(page).replaceAll(/`[^`\n]*`/g, "");
  const found = text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g);
  return [...found].map(([, markdown, html]) => markdown ?? html ?? "");
}

/** The path from the top of the tree; undefined for the address of another site. */
function resolve({ file }: Page, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = ""] = link.split("#");
  return path === "" ? file : posix.normalize(posix.join(posix.dirname(file), path));
}

/** GitHub's anchors of a page's headings: https://docs.github.com/get-started/writing-on-github */
function anchorsOf(file: string): readonly string[] {
  const page = pages.find((found) => found.file === file);
  if (page === undefined) return [];
  const seen = new Map<string, number>();
  return [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, "")
      .replaceAll(" ", "-");
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}
