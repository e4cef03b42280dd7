// --help and wrong usage load no package: what a verb's work needs is loaded when the work begins.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import process from "node:process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const ADMIN = new URL("../../admin/", import.meta.url);

// Node's loader tells this hook each module; it writes the packages among them to the third pipe.
const HOOK = `
  import { writeSync } from "node:fs";
  export async function load(url, context, next) {
    const [, name] = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url) ?? [];
    if (name !== undefined) writeSync(3, name + "\\n");
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
  return {
    status: status as number | null,
    stdout,
    packages: [...new Set(names.split("\n").filter((name) => name !== ""))],
  };
}

describe("what a verb loads", () => {
  let verbs: readonly string[];

  before(async () => {
    const files = await readdir(ADMIN);
    verbs = files
      .filter((file) => file.endsWith(".js") && file !== "rowhouse.js")
      .map((file) => file.slice(0, -3));
    expect(verbs.length).to.be.greaterThan(20);
  });

  it("--help prints the help of every verb with an example, and loads no package", async () => {
    for (const verb of verbs) {
      const { status, stdout, packages } = await start(verb, "--help");
      expect(stdout, verb).to.match(new RegExp(`^Usage: node admin/${verb}\\.js`));
      expect(stdout).to.include(`Example: node admin/${verb}.js`);
      expect({ status, packages }, verb).to.deep.equal({ status: 0, packages: [] });
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

  it("a verb that connects loads Sequelize and no archive", async () => {
    const { status, packages } = await start("list-tenants");
    expect(status).to.equal(1);
    expect(packages).to.include("sequelize");
    expect(packages).not.to.include.members(["yazl"]);
  });
});
