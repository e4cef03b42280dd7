// --help and wrong usage load no package and few modules: what a verb's work needs is loaded when the work begins. Times
// depend on the machine, and modules do not.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import process from "node:process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { ROOT } from "../support/pages/checkout.ts";
import { useDatabase } from "../support/database/database.ts";

const ADMIN = new URL("../../admin/", import.meta.url);

const MOST_MODULES = 40;

// Node's loader tells this hook each module; it writes to the third pipe the packages among them, and "." for others.
const HOOK = `
  import { writeSync } from "node:fs";
  export async function load(url, context, next) {
    const [, name] = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url) ?? [];
    if (!url.startsWith("node:")) writeSync(3, (name ?? ".") + "\\n");
    return next(url, context);
  }`;
const asModule = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;
const REGISTER = asModule(
  `import { register } from "node:module"; register(${JSON.stringify(asModule(HOOK))});`,
);

interface Start {
  readonly status: number | null;
  readonly stdout: string;
  readonly packages: readonly string[];
  /** How many modules it loaded that do not belong to a package. */
  readonly modules: number;
}

async function start(verb: string, ...parameters: readonly string[]): Promise<Start> {
  const file = fileURLToPath(new URL(`${verb}.js`, ADMIN));
  const child = spawn(process.execPath, ["--import", REGISTER, file, ...parameters], {
    // Nothing listens on port 1.
    env: { PATH: process.env["PATH"], ADMIN_DATABASE_URL: "postgres://a:b@127.0.0.1:1/c" },
    stdio: ["ignore", "pipe", "ignore", "pipe"],
  });
  const packages = child.stdio[3];
  if (!child.stdout || !packages || !("read" in packages)) {
    throw new Error("The verb has no pipes");
  }
  const ended = once(child, "close");
  const [stdout, names] = await Promise.all([text(child.stdout), text(packages)]);
  const [status] = await ended;
  const lines = names.split("\n").filter((name) => name !== "");
  return {
    status: status as number | null,
    stdout,
    packages: [...new Set(lines.filter((name) => name !== "."))],
    modules: lines.filter((name) => name === ".").length,
  };
}

describe("what a verb loads", () => {
  const database = useDatabase();
  let verbs: readonly string[];

  before(async () => {
    const files = await readdir(ADMIN);
    verbs = files
      .filter((file) => file.endsWith(".js") && file !== "rowhouse.js")
      .map((file) => file.slice(0, -3));
    expect(verbs.length).to.be.greaterThan(20);
  });

  /** Runs a module in a process of its own. Returns what it prints, as JSON. */
  function runScript(script: string): unknown {
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
    return JSON.parse(stdout);
  }

  it("--help prints the help of every verb with an example, and loads no package and few modules", async () => {
    for (const verb of verbs) {
      const { status, stdout, packages, modules } = await start(verb, "--help");
      expect(stdout, verb).to.match(new RegExp(`^Usage: node admin/${verb}\\.js`));
      expect(stdout).to.include(`Example: node admin/${verb}.js`);
      expect({ status, packages }, verb).to.deep.equal({ status: 0, packages: [] });
      expect(modules, verb).to.be.within(5, MOST_MODULES);
    }
  });

  it("wrong usage exits with 2 and loads no package", async () => {
    for (const [verb = "", ...parameters] of [
      ["add-tenant", "acme.example"],
      ["drop-tenant", "acme"],
      ["each-tenant", "--sql", "commit"],
      ["migrate", "--concurrency", "none"],
      ["move-tenant", "acme"],
      ["console", "--listen", "localhost"],
    ]) {
      const { status, packages } = await start(verb, ...parameters);
      expect({ status, packages }, verb).to.deep.equal({ status: 2, packages: [] });
    }
  });

  it("withTransaction() commits, rolls back and tells what was undone without Sequelize, and the verbs of one row do not load it", async () => {
    const script = `
      import { createRequire } from "node:module";
      import { createAdmin } from "./admin/library/create-admin.js";
      import { openRegistry, query } from "./admin/registry/registry.js";
      const home = process.env.ADMIN_DATABASE_URL;
      const registry = await openRegistry(home, { actor: "first" });
      const admin = createAdmin(registry, registry.close).as("second");
      const limit = (transaction, to) =>
        query(transaction, "update rowhouse.tenant set statement_timeout_ms = $1 where schema_name = 'a'", [to]);
      await registry.withTransaction((transaction) => limit(transaction, 7000));
      await registry
        .withTransaction(async (transaction) => {
          await limit(transaction, 8000);
          throw new Error("planted");
        })
        .catch(() => {});
      const undone = await registry
        .withTransaction(async (transaction) => {
          await limit(transaction, 9000);
          await query(transaction, "select 1 / 0").catch(() => {});
        })
        .catch(({ message }) => message);
      await admin.setTenant("a", { set: { plan: "pro" } });
      await admin.suspendTenant("a");
      await admin.resumeTenant("a");
      await admin.addHost("a", "other.example.com");
      await admin.removeHost("other.example.com");
      const [tenant] = await registry.read("select statement_timeout_ms as ms, settings from rowhouse.tenant", []);
      const actors = await registry.read(
        "select distinct actor from rowhouse.event where verb <> 'init-db' and verb <> 'add-tenant'", []);
      await registry.close();
      const packages = Object.keys(createRequire(import.meta.url).cache)
        .map((file) => /.*node_modules.((?:@[^/]+.)?[^/]+)/.exec(file)?.[1]);
      console.log(JSON.stringify({ actors, undone, ms: tenant.ms, settings: tenant.settings,
        sequelize: packages.includes("sequelize"), pg: packages.includes("pg") }));`;
    await database.addTenants({ a: "a.example.com" });
    expect(runScript(script)).to.deep.equal({
      actors: [{ actor: "second" }],
      undone: "Cannot commit: the transaction was undone",
      ms: 7000,
      settings: { plan: "pro" },
      sequelize: false,
      pg: true,
    });
  });

  it("a registry that only reads does not load Sequelize, and Sequelize does not read the array types of tables", () => {
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
        const types = Object.keys(registry.sequelize.connectionManager.nameOidMap);
        console.log(JSON.stringify({ sent: sent.slice(0, 3), before, after: loaded("sequelize"), pg: loaded("pg"),
          text: types.includes("text"), arrays: types.filter((name) => name.startsWith("_")).length }));
      });`;
    expect(runScript(script)).to.deep.equal({
      sent: ["set sear", "select $", "select 2"],
      before: false,
      after: true,
      pg: true,
      text: true,
      arrays: 0,
    });
  });
});
