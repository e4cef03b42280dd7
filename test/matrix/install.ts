// Packages that this repository does not depend on, each version in a folder of its own in the user's cache. A folder
// is there whole or not at all, and is not installed again.

import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import type { Version } from "./versions.ts";

const run = promisify(execFile);

const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "rowhouse-versions");

/**
 * Installs a version, unless the cache has it.
 * @returns the folder of the package
 * @throws {Error} when npm cannot get it, with what npm says
 */
export async function install({ name, version }: Version): Promise<string> {
  const place = join(CACHE, `${name.replace("/", "-")}-${version}`);
  const folder = join(place, "node_modules", name);
  if (await exists(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const draft = await mkdtemp(join(CACHE, "draft-"));
  try {
    const quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--no-save", "--loglevel=error"];
    process.stderr.write(`${name}@${version} is missing: installing it into ${CACHE}\n`);
    await run("npm", ["install", "--prefix", draft, ...quiet, `${name}@${version}`], {
      cwd: draft,
    });
    await rename(draft, place);
    return folder;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (await exists(folder)) return folder; // another process was faster
    const said = String(Reflect.get(Object(error), "stderr") ?? error).trim();
    throw new Error(
      `Cannot install ${name}@${version}: npm says\n${said}\nConnect to the registry of npm, or choose versions that are in ${CACHE}`,
      { cause: error },
    );
  }
}

/** The program of an installed version of `node`. */
export async function installNode(version: Version): Promise<string> {
  return join(await install(version), "bin", "node");
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
