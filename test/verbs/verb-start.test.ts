// What a verb loads before it does something: the fewer modules, the sooner it answers. Times depend on the machine, and the
// modules do not.

import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import process from "node:process";
import { expect } from "chai";
import { VERB_NAMES } from "../../admin/program/verbs.ts";
import { ROOT } from "../support/checkout.ts";
import { useDatabase } from "../support/database.ts";

const MOST_MODULES = 40;

// A module that is named by `import type` alone, or by `await import()`, is not loaded with the file.
const IMPORTED = /^(?:import|export) (?!type\b)(?:[^;]*? from )?"([^"]+)";/gm;

/** The files that Node loads with a file, and the packages that they name. */
async function loadedWith(start: string): Promise<{ files: Set<string>; packages: Set<string> }> {
  const files = new Set([start]);
  const packages = new Set<string>();
  for (const file of files) {
    const source = await readFile(join(ROOT, file), "utf8");
    for (const [, name = ""] of source.matchAll(IMPORTED)) {
      if (name.startsWith(".")) files.add(posix.join(posix.dirname(file), name));
      else if (!name.startsWith("node:")) packages.add(name);
    }
  }
  return { files, packages };
}

describe("the start of a verb", () => {
  const database = useDatabase();

  it("--help and wrong usage load few modules and no package", async () => {
    for (const verb of VERB_NAMES) {
      const { files, packages } = await loadedWith(`admin/${verb}.ts`);
      expect([...packages], verb).to.deep.equal([]);
      expect(files.size, [...files].join(" ")).to.be.within(5, MOST_MODULES);
    }
  });

  it("a registry that only reads does not load Sequelize, and sends its settings and the query", () => {
    const script = `
      import { createRequire } from "node:module";
      import pg from "pg";
      import { withRegistry } from "./admin/registry/registry.js";
      const sent = [];
      const send = pg.Client.prototype.query;
      pg.Client.prototype.query = function (text, ...rest) {
        sent.push(text.slice(0, 8));
        return send.call(this, text, ...rest);
      };
      const loaded = (name) =>
        Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes("/" + name + "/"));
      await withRegistry(process.env.ADMIN_DATABASE_URL, async (registry) => {
        await registry.read("select $1::int as one", [1]);
        await registry.read("select 2 as two", []);
        const before = loaded("sequelize");
        await registry.Tenant.count();
        console.log(JSON.stringify({ sent: sent.slice(0, 3), before, after: loaded("sequelize"), pg: loaded("pg") }));
      });`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module", "--eval", script],
      {
        cwd: ROOT,
        env: { ...process.env, ADMIN_DATABASE_URL: database.adminUrl },
        encoding: "utf8",
      },
    );
    expect(stderr).to.equal("");
    expect(JSON.parse(stdout)).to.deep.equal({
      sent: ["set jit ", "select $", "select 2"],
      before: false,
      after: true,
      pg: true,
    });
  });
});
