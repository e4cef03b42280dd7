// The package, as an application of somebody else's uses it: packed, installed into an empty project,
// compiled strictly, and run on Node and on Deno with tables of its own.

import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { expect } from "chai";
import { findDeno } from "../../admin/development/runtime.ts";
import { copyCheckout, ROOT } from "../support/checkout.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { findFreePort } from "../support/free-port.ts";
import { sendHttp } from "../support/service.ts";

const run = promisify(execFile);
const EXAMPLE = join(ROOT, "test/runtime/package");

describe("the package", () => {
  let checkout: string;
  let project: string;
  let database: TestDatabase;
  let packed: readonly string[];

  before(async function () {
    this.timeout(180_000);
    checkout = await copyCheckout();
    project = await mkdtemp(join(tmpdir(), "rowhouse-application-"));
    const pack = await run("npm", ["pack", "--json", "--pack-destination", project], {
      cwd: checkout,
    });
    const json = pack.stdout.slice(pack.stdout.indexOf("[\n"));
    const [tarball] = JSON.parse(json) as { filename: string; files: { path: string }[] }[];
    packed = tarball?.files.map(({ path }) => path) ?? [];
    await cp(EXAMPLE, project, { recursive: true });
    await writeFile(join(project, "package.json"), '{"private":true,"type":"module"}');
    await writeFile(join(project, "tsconfig.json"), JSON.stringify(STRICT));
    const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const own = [
      `./${tarball?.filename ?? ""}`,
      `itty-router@${manifest.dependencies["itty-router"]}`,
      `@types/node@${manifest.devDependencies["@types/node"]}`,
    ];
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...own], {
      cwd: project,
    });
    database = await createTestDatabase();
  });

  after(async () => {
    await database.drop();
    await rm(project, { recursive: true, force: true });
    await rm(checkout, { recursive: true, force: true });
  });

  it("holds compiled code with its types, and no source, test or tool", () => {
    expect(packed).to.include.members([
      ...["README.md", "LICENSE", "package.json", "src/index.js", "src/index.d.ts"],
      ...[
        "src/runtime/node-server.js",
        "admin/add-tenant.js",
        "admin/migrations/registry/0001-registry.js",
      ],
    ]);
    expect(packed.filter((file) => /(?<!\.d)\.ts$|^test\/|^\./.test(file))).to.deep.equal([]);
  });

  it("compiles an application under strict, and creates its tenants with its own tables", async () => {
    const compiled = spawnSync(process.execPath, [tsc(), "-p", "."], {
      cwd: project,
      encoding: "utf8",
    });
    expect(compiled.stdout).to.equal("");
    expect(compiled.status).to.equal(0);
    for (const name of ["one", "two"]) {
      const verb = join("node_modules", "rowhouse", "admin", "add-tenant.js");
      await run(process.execPath, [verb, `${name}.example`, name], {
        cwd: project,
        env: {
          PATH: process.env["PATH"],
          ADMIN_DATABASE_URL: database.adminUrl,
          TENANT_MIGRATIONS: "migrations",
        },
      });
    }
  }).timeout(60_000);

  it("runs on Node, two tenants' rows apart", async () => {
    await expectNotesApart("Node", (port) =>
      start(project, process.execPath, ["node.js"], {
        PORT: String(port),
        DATABASE_URL: database.serviceUrl,
      }),
    );
  }).timeout(60_000);

  it("runs on Deno, two tenants' rows apart", async () => {
    await expectNotesApart("Deno", (port) => {
      const flags = ["--allow-net", "--allow-env", "--host=127.0.0.1", `--port=${port}`];
      const env = { DATABASE_URL: database.serviceUrl };
      return start(project, findDeno(), ["serve", ...flags, "deno.ts"], env);
    });
  }).timeout(60_000);
});

const STRICT = {
  compilerOptions: {
    strict: true,
    target: "es2023",
    module: "nodenext",
    noUncheckedIndexedAccess: true,
    types: ["node"],
  },
  include: ["node.ts", "worker.ts", "app.ts", "migrations"],
};

function tsc(): string {
  return createRequire(import.meta.url)
    .resolve("typescript/package.json")
    .replace(/package\.json$/, "bin/tsc");
}

function start(
  folder: string,
  file: string,
  parameters: string[],
  env: Record<string, string>,
): ChildProcess {
  return spawn(file, parameters, {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function expectNotesApart(
  text: string,
  startOn: (port: number) => ChildProcess,
): Promise<void> {
  const port = await findFreePort();
  const child = startOn(port);
  const exited = once(child, "exit");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (part: string) => (output += part));
  }
  try {
    while (!/listening/i.test(output)) {
      if (child.exitCode !== null) throw new Error(`The application did not start: ${output}`);
      await Promise.race([once(child.stdout!, "data"), once(child.stderr!, "data"), exited]);
    }
    const send = (host: string, method: string, body?: string) =>
      sendHttp(port, host, method, "/notes", body);
    const before = JSON.parse((await send("two.example", "GET")).text) as unknown[];
    const added = await send("one.example", "POST", JSON.stringify(`from ${text}'s one`));
    expect(added.status, added.text + output).to.equal(201);
    const one = (await send("one.example", "GET")).text;
    expect(one).to.include(`from ${text}'s one`);
    expect(JSON.parse((await send("two.example", "GET")).text)).to.deep.equal(before);
    expect((await send("three.example", "GET")).status).to.equal(404);
  } finally {
    child.kill("SIGTERM");
    await exited;
  }
}
