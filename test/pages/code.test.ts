// Every block of code whose first line names a path compiles, as strictly as this tree does: a path of src,
// admin or test in a copy of the tree, any other in an application on the package, as does every example of a docstring.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { copyCheckout, ROOT } from "../support/pages/checkout.ts";
import { compile } from "../support/pages/compile.ts";
import { listDocumented } from "../support/pages/docstrings.ts";
import { listFiles, listPages } from "../support/pages/pages.ts";

const APPLICATION = "your-application";
const PACKAGED = "test/runtime/package";
const EXAMPLES = "examples";

// The routes that an application has, for examples of a server.
const ROUTES = `import { Router } from "itty-router";
import type { Exchange } from "rowhouse";
export const router = Router<Exchange>().get("/", () => "ok");
`;

const blocks = listPages().flatMap(({ file, blocks }) =>
  blocks
    .filter(({ language }) => language === "ts" || language === "js")
    .flatMap(({ path, text }) => (path === undefined ? [] : [{ page: file, path, text }])),
);

describe("the code of the pages", () => {
  let checkout: string;

  before(async () => {
    checkout = await copyCheckout();
  });

  after(() => rm(checkout, { recursive: true, force: true }));

  it("compiles, and so do the examples of docstrings", async function () {
    this.timeout(60_000);
    const paths = blocks.map(({ path }) => path);
    expect(paths).to.include.members([`${APPLICATION}/app.ts`, `${APPLICATION}/node.ts`]);
    expect(new Set(paths).size, "a path stands on one page only").to.equal(paths.length);
    for (const { path, text } of blocks) {
      await mkdir(join(checkout, dirname(path)), { recursive: true });
      await writeFile(join(checkout, path), text);
    }
    await writeExamples(join(checkout, EXAMPLES));
    for (const folder of [APPLICATION, EXAMPLES])
      await writeFile(join(checkout, folder, "package.json"), '{ "type": "module" }');
    expect(await compile(checkout, ["src", "admin", APPLICATION, EXAMPLES])).to.equal("");
  });

  it("is the application that the test of the package runs", async () => {
    const files = listFiles(`${PACKAGED}/*.ts`);
    expect(files.length).to.be.greaterThan(3);
    for (const file of files) {
      const shown = blocks.find(({ path }) => path === file.replace(PACKAGED, APPLICATION));
      expect(shown?.text, file).to.equal(await readFile(join(ROOT, file), "utf8"));
    }
  });

  it("has the applications that test/runtime/hono.test.ts runs", async () => {
    for (const [shown, file] of [
      ["hono.ts", "app.ts"],
      ["plain.ts", "plain.ts"],
      ["edge-sign-up.ts", "sign-up.ts"],
    ]) {
      const text = await readFile(join(ROOT, `test/runtime/hono/${file}`), "utf8");
      const block = blocks.find(({ path }) => path === `${APPLICATION}/${shown}`)?.text ?? "";
      // An import by the shorter name may stand on one line.
      const bare = (code: string): string => code.replaceAll(/[\s,]+/g, "");
      const packaged = text
        .replace("../../../src/index.ts", "rowhouse")
        .replace("../../../src/builders/drizzle/drizzle.ts", "rowhouse/drizzle");
      expect(bare(block), shown).to.equal(bare(packaged));
    }
  });

  it("has the CORS that test/http/cors.test.ts proves", async () => {
    const shown = blocks.find(({ path }) => path === `${APPLICATION}/cors.ts`)?.text ?? "";
    const code = shown.slice(shown.indexOf("const {")).replace("export ", "");
    expect(code).to.include("withCors");
    expect(await readFile(join(ROOT, "test/http/cors.test.ts"), "utf8")).to.include(code);
  });
});

async function writeExamples(folder: string): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, "routes.ts"), ROUTES);
  const examples = listDocumented().flatMap(({ name, examples }) =>
    examples.map((text, index) => ({ name: `${name}-${index}`, text })),
  );
  expect(examples.length).to.be.greaterThan(25);
  for (const [index, { name, text }] of examples.entries()) {
    await writeFile(join(folder, `${index}-${name}.ts`), text);
  }
}
