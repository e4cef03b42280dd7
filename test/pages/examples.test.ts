// Every example of a docstring compiles in an application on the package, and every function that an application
// imports has one.

import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import * as admin from "../../admin/library/admin.ts";
import * as drizzle from "../../src/builders/drizzle/drizzle.ts";
import * as kysely from "../../src/builders/kysely/kysely.ts";
import * as library from "../../src/index.ts";
import * as deno from "../../src/runtime/deno-server.ts";
import * as node from "../../src/runtime/node-server.ts";
import * as worker from "../../src/runtime/worker-server.ts";
import { copyCheckout, ROOT } from "../support/checkout.ts";
import { compile } from "../support/compile.ts";
import { listFiles } from "../support/pages.ts";

const DOCSTRING = /^( *)\/\*\*\n(.*?)\n\1 \*\/\n([^\n]*)/gms;

// The routes that an application has, for examples of a server.
const ROUTES = `import { Router } from "itty-router";
import type { Exchange } from "rowhouse";
export const router = Router<Exchange>().get("/", () => "ok");
`;

interface Documented {
  /** The name behind the docstring, such as "openDatabase". */
  readonly name: string;
  readonly file: string;
  readonly examples: readonly string[];
}

describe("the examples of docstrings", () => {
  const documented = listFiles(":(glob)src/**/*.ts", "admin/library/admin.ts").flatMap(
    readDocstrings,
  );

  it("compile in an application on the package", async function () {
    this.timeout(60_000);
    const checkout = await copyCheckout();
    try {
      const folder = join(checkout, "examples");
      await mkdir(folder);
      await writeFile(join(folder, "package.json"), '{ "type": "module" }');
      await writeFile(join(folder, "routes.ts"), ROUTES);
      const examples = documented.flatMap(({ name, examples }) =>
        examples.map((text, index) => ({ name: `${name}-${index}`, text })),
      );
      expect(examples.length).to.be.greaterThan(25);
      for (const [index, { name, text }] of examples.entries()) {
        await writeFile(join(folder, `${index}-${name}.ts`), text);
      }
      expect(await compile(checkout, ["examples"])).to.equal("");
    } finally {
      await rm(checkout, { recursive: true, force: true });
    }
  });

  for (const [door, exports] of Object.entries({
    library,
    node,
    deno,
    worker,
    kysely,
    drizzle,
    admin,
  })) {
    it(`stand at every function that an application imports: ${door}`, () => {
      const functions = Object.entries(exports).filter(([, value]) => isFunction(value));
      expect(functions.length).to.be.greaterThan(0);
      const shown = documented.filter(
        ({ file, examples }) =>
          examples.length > 0 && (!file.endsWith("-server.ts") || file.includes(`/${door}-`)),
      );
      const missing = functions.filter(([name]) => !shown.some((one) => one.name === name));
      expect(missing.map(([name]) => name)).to.deep.equal([]);
    });
  }
});

function isFunction(value: unknown): boolean {
  return typeof value === "function" && !String(value).startsWith("class ");
}

function readDocstrings(file: string): readonly Documented[] {
  const source = readFileSync(join(ROOT, file), "utf8");
  return [...source.matchAll(DOCSTRING)].map(([, , body = "", next = ""]) => {
    const lines = body.replaceAll(/^ *\* ?/gm, "");
    const examples = [...lines.matchAll(/^@example\n```ts\n(.*?)^```$/gms)];
    const [, name = "member"] = /^ *(?:export )?(?:async )?(?:\w+ )?(\w+)/.exec(next) ?? [];
    return { name, file, examples: examples.map(([, text = ""]) => text) };
  });
}
