// Writes an application into a folder: all of it, or nothing.

import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AdminError } from "../registry/admin-error.ts";
import { completeManifest } from "./package-json.ts";

const TEMPLATES = fileURLToPath(new URL("application", import.meta.url));

// npm leaves files out of a package whose names begin with a dot.
const NAMES: Readonly<Record<string, readonly string[]>> = {
  gitignore: [".gitignore"],
  env: [".env", ".env.example"],
};

/** The result of writing an application. */
export interface Scaffold {
  /** The files, relative to the folder, with package.json as the last. */
  readonly files: readonly string[];
  /** Lines on what was changed in package.json. */
  readonly notes: readonly string[];
}

/**
 * Writes an application with an entry for each runtime, one migration and the scripts that run it. A package.json may
 * exist; it is completed.
 * @param folder created when it is missing
 * @throws {AdminError} when the folder has one of the files, or a script of package.json has another command; nothing is
 *   written then
 */
export async function writeApplication(folder: string): Promise<Scaffold> {
  const texts = await readTemplates();
  const clashing = [...texts.keys()].filter((file) => existsSync(join(folder, file)));
  if (clashing.length > 0) {
    throw new AdminError(
      `Cannot write the application: "${folder}" has ${clashing.join(", ")}; choose an empty folder, ` +
        "and take from there what your application lacks",
    );
  }
  const manifest = join(folder, "package.json");
  const { text, notes } = completeManifest(
    existsSync(manifest) ? await readFile(manifest, "utf8") : undefined,
  );
  const written: string[] = [];
  try {
    for (const [file, content] of texts) {
      const path = join(folder, file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content, { flag: "wx" });
      written.push(path);
    }
    await writeFile(`${manifest}.new`, text);
    await rename(`${manifest}.new`, manifest);
  } catch (error) {
    await Promise.all([...written, `${manifest}.new`].map((path) => rm(path, { force: true })));
    const { message } = error as Error;
    throw new AdminError(`Cannot write the application: ${message}; nothing was written`);
  }
  return { files: [...texts.keys(), "package.json"], notes };
}

/** The texts by the files that get them. */
async function readTemplates(): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(TEMPLATES, { recursive: true, withFileTypes: true });
  const texts = new Map<string, string>();
  for (const entry of entries.filter((found) => found.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const file = path.slice(TEMPLATES.length + 1).replaceAll("\\", "/");
    const text = await readFile(path, "utf8");
    for (const name of NAMES[file] ?? [file]) texts.set(name, text);
  }
  return texts;
}
