// The package as npm packs it, installed into a project of its own as a stranger installs it.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { copyCheckout, ROOT } from "../support/pages/checkout.ts";
import { recordPrinted } from "../support/program/printed.ts";

const run = promisify(execFile);

// What the machine has fetched before is not fetched again.
const NPM_SETTINGS = {
  npm_config_prefer_offline: "true",
  npm_config_audit: "false",
  npm_config_fund: "false",
};

/** The fields of package.json that the tests compare with. */
export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** A packed package and an empty project. The caller removes both. */
export interface Packed {
  /** The paths within the package. */
  readonly files: readonly string[];
  /** The tarball, absolute. */
  readonly tarball: string;
  /** The project's folder; it has a package.json with ES modules and nothing else. */
  readonly project: string;
  readonly manifest: Manifest;
  /** Runs npm in the project. */
  npm(...parameters: readonly string[]): Promise<void>;
  /** Runs a program of the installed package in the project, such as `admin/dev.js`, to its end. */
  node(
    program: string,
    parameters: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }>;
  remove(): Promise<void>;
}

interface Tarball {
  readonly file: string;
  readonly files: readonly string[];
}

let tarball: Promise<Tarball> | undefined;

/** Packs the checkout, once in a run, and makes an empty project. */
export async function pack(): Promise<Packed> {
  const { file, files } = await (tarball ??= packCheckout());
  const project = await mkdtemp(join(tmpdir(), "rowhouse-application-"));
  // PostgreSQL's user enters it, too.
  await chmod(project, 0o755);
  await writeFile(join(project, "package.json"), '{"private":true,"type":"module"}');
  const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as Manifest;
  return {
    files,
    tarball: file,
    project,
    manifest,
    async npm(...parameters) {
      await run("npm", [...parameters], { cwd: project, env: { ...process.env, ...NPM_SETTINGS } });
    },
    async node(program, parameters, env = {}) {
      const file = join("node_modules", "rowhouse", program);
      const child = spawn(process.execPath, [file, ...parameters], {
        cwd: project,
        env: { PATH: process.env["PATH"], ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      recordPrinted(child.stdout, child.stderr);
      const closed = once(child, "close");
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
      const [status] = (await closed) as [number | null];
      return { status, stdout, stderr };
    },
    remove: () => rm(project, { recursive: true, force: true }),
  };
}

/** Packs a copy as a fresh clone has it: without what an older build has left. */
async function packCheckout(): Promise<Tarball> {
  const checkout = await copyCheckout();
  process.on("exit", () => rmSync(checkout, { recursive: true, force: true }));
  for (const file of await readdir(checkout, { recursive: true })) {
    const compiled = /^(?:src|admin)\/.*\.(?:js|d\.ts)$/.test(file);
    if (compiled) await rm(join(checkout, file));
  }
  const { stdout } = await run("npm", ["pack", "--json"], { cwd: checkout });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("[\n"))) as {
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  if (packed === undefined) throw new Error(`npm has packed nothing: ${stdout}`);
  return {
    file: join(checkout, packed.filename),
    files: packed.files.map(({ path }) => path),
  };
}
