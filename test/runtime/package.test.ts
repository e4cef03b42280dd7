// The package, as an application of somebody else's uses it: installed into a project of its own, compiled
// strictly, and run on Node and on Deno with tables of its own, from node_modules alone.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cp, readdir, readFile, realpath, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { expect } from "chai";
import { findPackage } from "../../admin/command/environment/packages.ts";
import { isPortFree } from "../../admin/development/embedded/port.ts";
import { findPostmaster } from "../../admin/development/embedded/postmaster.ts";
import { findDeno } from "../../admin/development/runtime.ts";
import { writeMigration } from "../../admin/migrations/new-migration.ts";
import { ROOT } from "../support/pages/checkout.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import { findFreePort } from "../support/network/free-port.ts";
import { sendHttp } from "../support/program/service.ts";
import { until } from "../support/until.ts";
import { itHoldsWhatItShould } from "./package-contents.ts";
import { pack, type Packed } from "./packed.ts";
import { expectNotesApart, follow } from "./started.ts";

const EXAMPLE = join(ROOT, "test/runtime/package");
const TENANT_MIGRATIONS = "migrations";

describe("the package", () => {
  let packed: Packed;
  let project: string;
  let database: TestDatabase;

  before(async function () {
    this.timeout(180_000);
    packed = await pack();
    ({ project } = packed);
    const types = `@types/node@${packed.manifest.devDependencies["@types/node"]}`;
    await packed.npm("install", packed.tarball, types);
    database = await createTestDatabase();
  });

  after(async () => {
    await database.drop();
    await packed.remove();
  });

  describe("as it is packed", () => {
    itHoldsWhatItShould(() => packed);
  });

  describe("in an application", () => {
    it("compiles an application under strict without the verbs' packages", async () => {
      await cp(EXAMPLE, project, { recursive: true });
      await compile(["node.ts", "worker.ts", "app.ts"]);
    });

    it("compiles its migrations and its sign-up, once the command of a verb's refusal has been run", async () => {
      const refused = await packed.node("admin/dev.js", ["--entry", "node.js"]);
      const [, command = ""] = /; run npm (.*)\n$/.exec(refused.stderr) ?? [];
      await packed.npm(...command.split(" "));
      await compile(["node.ts", "worker.ts", "app.ts", "migrations", "sign-up.ts"]);
    }).timeout(120_000);

    it("add-tenant refuses without TENANT_MIGRATIONS, and makes the application's tables with it", async () => {
      const env = { ADMIN_DATABASE_URL: database.adminUrl };
      const refused = await packed.node("admin/add-tenant.js", ["one.example", "one"], env);
      expect(refused.stderr).to.match(
        /^Cannot load tenant migrations: TENANT_MIGRATIONS is not set; set it /,
      );
      expect(refused.status).to.equal(1);
      expect(await database.sql("select from rowhouse.tenant")).to.have.length(0);
      for (const name of ["one", "two"]) {
        const parameters = [`${name}.example`, name];
        const added = await packed.node("admin/add-tenant.js", parameters, {
          ...env,
          TENANT_MIGRATIONS,
        });
        expect(added.stderr).to.equal("");
        expect(added.status).to.equal(0);
      }
    }).timeout(60_000);

    it("rowhouse/admin signs customers up, each once, and its types name no package of the verbs", async () => {
      const env = { ADMIN_DATABASE_URL: database.adminUrl };
      const child = start(process.execPath, ["sign-up.js", "three", "four", "three"], env);
      const { output, ended } = follow(child);
      await ended;
      expect(output()).to.equal("three.example\nfour.example\nthree.example\n");
      const made = await database.sql(
        "select schema_name, settings, version from rowhouse.tenant where schema_name in ('three', 'four') order by 1",
      );
      const settings = { plan: "trial" };
      expect(made).to.deep.equal([
        { schema_name: "four", settings, version: 1 },
        { schema_name: "three", settings, version: 1 },
      ]);
      expect(await packagesOf("admin/library/admin.d.ts")).to.deep.equal([]);
    }).timeout(60_000);

    /** The packages that a declaration and those that it imports name in their imports. */
    async function packagesOf(declaration: string): Promise<readonly string[]> {
      const [seen, packages] = [new Set([declaration]), new Set<string>()];
      for (const file of seen) {
        const text = await readFile(join(project, "node_modules/rowhouse", file), "utf8");
        for (const [, path = ""] of text.matchAll(/^(?:import|export)[^;]* from "([^"]+)";$/gm)) {
          if (path.startsWith("."))
            seen.add(join(dirname(file), path.replace(/\.[jt]s$/, ".d.ts")));
          else packages.add(path);
        }
      }
      return [...packages];
    }

    it("rowhouse/testing gives the application's own tests tenants, and stops its PostgreSQL", async () => {
      await compile(["app.test.ts", "app.ts"]);
      const child = start(process.execPath, ["--test", "app.test.js"], {});
      const { output, ended } = follow(child);
      await ended;
      expect(child.exitCode, output()).to.equal(0);
      expect(output()).to.match(/pass 2\n/);
      const data = await realpath(join(project, ".rowhouse/testing/data"));
      expect(await findPostmaster(data)).to.equal(undefined);
    }).timeout(60_000);

    it("runs on Node, two tenants' rows apart", async () => {
      const port = await findFreePort();
      const env = { PORT: String(port), DATABASE_URL: database.serviceUrl };
      const child = start(process.execPath, ["node.js"], env);
      await expectNotesApart(child, /"listening"/, port, ["one.example", "two.example"]);
    }).timeout(60_000);

    it("runs on Deno, two tenants' rows apart", async () => {
      const port = await findFreePort();
      const flags = ["--allow-net", "--allow-env", "--host=127.0.0.1", `--port=${port}`];
      const child = start(findDeno(), ["serve", ...flags, "deno.ts"], {
        DATABASE_URL: database.serviceUrl,
      });
      await expectNotesApart(child, /Listening/, port, ["one.example", "two.example"]);
    }).timeout(60_000);

    it("dev serves the application's two tenants on Deno from a PostgreSQL in its folder, and ends both", async () => {
      const [port, databasePort] = [await findFreePort(), await findFreePort()];
      const dev = join("node_modules", "rowhouse", "admin", "dev.js");
      const env = {
        PATH: `${dirname(findDeno())}${delimiter}${process.env["PATH"]}`,
        PORT: String(port),
        DEV_DATABASE_PORT: String(databasePort),
        TENANT_MIGRATIONS,
      };
      const parameters = [dev, "--entry", "deno.ts", "--runtime", "deno"];
      const child = start(process.execPath, parameters, env);
      const hosts = [`127.0.0.1:${port}`, `localhost:${port}`] as const;
      await expectNotesApart(child, /Ctrl-C stops/, port, hosts);
      expect(child.exitCode).to.equal(0);
      expect(await readdir(join(project, ".rowhouse"))).to.include.members([
        "admin-password",
        ".gitignore",
      ]);
      expect(await isPortFree(databasePort)).to.equal(true);
    }).timeout(120_000);

    it("rowhouse init writes an application, whose npm run dev follows its migrations and its code", async () => {
      expect(await finish("npx", ["rowhouse", "--version"])).to.match(/^\d+\.\d+\.\d+\n$/);
      expect(await finish("npx", ["rowhouse", "init", "fresh"])).to.match(/^Wrote \.env, /);
      const [port, databasePort] = [await findFreePort(), await findFreePort()];
      const dev = start(
        "npm",
        ["run", "dev"],
        {
          PATH: [process.env["PATH"], join(ROOT, "node_modules/.bin")].join(delimiter),
          PORT: String(port),
          DEV_DATABASE_PORT: String(databasePort),
        },
        { cwd: join(project, "fresh"), detached: true },
      );
      const { output, ended } = follow(dev);
      const printed = (text: RegExp): Promise<void> =>
        until(`it does not print ${text}: ${output()}`, () => {
          return text.test(output()) || dev.exitCode !== null;
        });
      const host = `127.0.0.1:${port}`;
      try {
        await printed(/Ctrl-C stops/);
        const added = await sendHttp(port, host, "POST", "/", '"first"');
        expect(added.text, output()).to.equal('{"id":1,"text":"first"}');
        const folder = join(project, "fresh/migrations");
        await writeMigration("upper", { configured: folder, sql: true });
        await printed(/0002-upper\.sql waits/);
        const file = join(folder, "0002-upper.sql");
        await writeFile(file, "update note set text = upper(text);");
        await printed(/Migrated 2 tenants to version 2 /);
        const listed = await sendHttp(port, host, "GET", "/");
        expect(listed.text, output()).to.equal('[{"id":1,"text":"FIRST"}]');
        expect((await sendHttp(port, `localhost:${port}`, "GET", "/")).text).to.equal("[]");
        const code = join(project, "fresh/dist/app.js");
        const compiled = await readFile(code, "utf8");
        await writeFile(code, "const broken = ;");
        await printed(/it starts again when its code changes/);
        await writeFile(code, compiled.replace("select id, text from", "select text from"));
        await printed(/The service runs the changed code/);
        const changed = await sendHttp(port, host, "GET", "/");
        expect(changed.text, output()).to.equal('[{"text":"FIRST"}]');
      } finally {
        // As Ctrl-C does: the whole group gets it.
        process.kill(-(dev.pid ?? 0), "SIGINT");
        await ended;
      }
      expect(await isPortFree(databasePort)).to.equal(true);
    }).timeout(60_000);

    /** Runs a program in the project to its end, and returns what it prints. */
    async function finish(file: string, parameters: string[]): Promise<string> {
      const child = start(file, parameters, {});
      const { output, ended } = follow(child);
      await ended;
      expect(child.exitCode, output()).to.equal(0);
      return output();
    }

    async function compile(include: readonly string[]): Promise<void> {
      const config = { compilerOptions: STRICT, include };
      await writeFile(join(project, "tsconfig.json"), JSON.stringify(config));
      const tsc = join(findPackage("typescript", [ROOT]) ?? "", "bin/tsc");
      const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", project], {
        encoding: "utf8",
      });
      expect(stdout).to.equal("");
      expect(status).to.equal(0);
    }

    function start(
      file: string,
      parameters: string[],
      env: Record<string, string>,
      place: { readonly cwd: string; readonly detached: boolean } = {
        cwd: project,
        detached: false,
      },
    ): ChildProcess {
      return spawn(file, parameters, {
        ...place,
        env: { PATH: process.env["PATH"], HOME: process.env["HOME"], NO_COLOR: "1", ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
    }
  });
});

const STRICT = {
  strict: true,
  target: "es2023",
  module: "nodenext",
  noUncheckedIndexedAccess: true,
  types: ["node"],
};
