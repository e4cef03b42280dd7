// Every function that an application imports has an example. code.test.ts compiles them.

import { expect } from "chai";
import * as admin from "../../admin/library/admin.ts";
import * as drizzle from "../../src/builders/drizzle/drizzle.ts";
import * as kysely from "../../src/builders/kysely/kysely.ts";
import * as library from "../../src/index.ts";
import * as deno from "../../src/runtime/deno-server.ts";
import * as node from "../../src/runtime/node-server.ts";
import * as worker from "../../src/runtime/worker-server.ts";
import { listDocumented } from "../support/pages/docstrings.ts";

describe("the examples of docstrings", () => {
  const documented = listDocumented();

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
