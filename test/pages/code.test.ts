// Every block of code whose first line names a path compiles, as strictly as this tree does: a path of src,
// admin or test in a copy of the tree, any other in an application on the package.

import { spawnSync } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { copyCheckout, ROOT } from "../support/checkout.ts";
import { listFiles, listPages } from "../support/pages.ts";

const APPLICATION = "your-application";
const PACKAGED = "test/runtime/package";

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

  it("compiles", async function () {
    this.timeout(60_000);
    const paths = blocks.map(({ path }) => path);
    expect(paths).to.include.members([`${APPLICATION}/app.ts`, `${APPLICATION}/node.ts`]);
    expect(new Set(paths).size, "a path stands on one page only").to.equal(paths.length);
    for (const { path, text } of blocks) {
      await mkdir(join(checkout, dirname(path)), { recursive: true });
      await writeFile(join(checkout, path), text);
    }
    await writeFile(join(checkout, APPLICATION, "package.json"), '{ "type": "module" }');
    await writeFile(join(checkout, "tsconfig.pages.json"), JSON.stringify(await options()));
    const compiled = spawnSync("npx", ["tsc", "-p", "tsconfig.pages.json"], {
      cwd: checkout,
      encoding: "utf8",
    });
    expect(compiled.stdout).to.equal("");
    expect(compiled.status).to.equal(0);
  });

  it("is the application that the test of the package runs", async () => {
    const files = listFiles(`${PACKAGED}/*.ts`);
    expect(files.length).to.be.greaterThan(3);
    for (const file of files) {
      const shown = blocks.find(({ path }) => path === file.replace(PACKAGED, APPLICATION));
      expect(shown?.text, file).to.equal(await readFile(join(ROOT, file), "utf8"));
    }
  });

  it("has the CORS that test/http/cors.test.ts proves", async () => {
    const shown = blocks.find(({ path }) => path === `${APPLICATION}/cors.ts`)?.text ?? "";
    const code = shown.slice(shown.indexOf("const {")).replace("export ", "");
    expect(code).to.include("withCors");
    expect(await readFile(join(ROOT, "test/http/cors.test.ts"), "utf8")).to.include(code);
  });
});

/** The tree's options, with the package's own name leading to its sources instead of what is compiled. */
async function options(): Promise<unknown> {
  const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    exports: Record<string, string | { types?: string }>;
  };
  const paths = Object.entries(manifest.exports).flatMap(([door, target]) => {
    const types = typeof target === "string" ? undefined : target.types;
    if (types === undefined) return [];
    return [[door.replace(/^\./, "rowhouse"), [types.replace(/\.d\.ts$/, ".ts")]]];
  });
  return {
    extends: "./tsconfig.json",
    compilerOptions: {
      noEmit: true,
      isolatedDeclarations: false,
      paths: Object.fromEntries(paths) as unknown,
    },
    include: ["src", "admin", APPLICATION],
    exclude: ["admin/console/page"],
  };
}
