// workerd as a program: what runs Workers at Cloudflare, without wrangler, which bundles and watches first.
// https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp

import { execFile } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const wrangler = createRequire(import.meta.url).resolve("wrangler/package.json");

/** A bundle, and the modules in it: the first is the Worker. */
export interface Bundle {
  readonly folder: string;
  readonly modules: readonly string[];
}

/** Bundles Rowhouse's Worker as it is deployed. */
export async function bundleWorker(folder: string): Promise<Bundle> {
  const program = join(wrangler, "../bin/wrangler.js");
  const env = { PATH: process.env["PATH"], HOME: folder, WRANGLER_SEND_METRICS: "false" };
  const parameters = [program, "deploy", "--dry-run", "--outdir", folder];
  await promisify(execFile)(process.execPath, parameters, { cwd: ROOT, env });
  return { folder, modules: ["worker.js"] };
}

/** Copies the constant's Worker. */
export async function bundleFloor(folder: string): Promise<Bundle> {
  const modules = ["systems/floors/floor-fetch.js", "names.js"];
  await mkdir(join(folder, "systems/floors"), { recursive: true });
  for (const name of modules) {
    await copyFile(new URL(`../${name}`, import.meta.url), join(folder, name));
  }
  return { folder, modules };
}

/** Writes the configuration and returns how workerd is started with it; DATABASE_URL is its variable. */
export async function prepareWorkerd(
  { folder, modules }: Bundle,
  port: number,
): Promise<{ readonly file: string; readonly parameters: readonly string[] }> {
  const config = join(folder, `${port}.capnp`);
  const list = modules.map((name) => `(name = "${name}", esModule = embed "${name}")`);
  await writeFile(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [${list.join(", ")}],
      compatibilityDate = "2026-04-01",
      compatibilityFlags = ["nodejs_compat"],
      bindings = [(name = "DATABASE_URL", fromEnvironment = "DATABASE_URL")],
      globalOutbound = "local")),
    (name = "local", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`,
  );
  const workerd = createRequire(wrangler)("workerd") as { readonly default: string };
  return { file: workerd.default, parameters: ["serve", config] };
}
