// The files of a folder. Each is read once.

import { type Dirent } from "node:fs";
import { access, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AdminError } from "../../registry/admin-error.ts";
import { SourceText } from "../text/source-text.ts";
import type { Findings } from "./findings.ts";

/** Files that stand in folders of migrations and are none. */
const OTHER =
  /^(?:\..*|README.*|atlas\.sum|.*\.backup|.*\.map|.*\.d\.[cm]?ts|migration_lock\.toml|package\.json)$/i;

/** An opened folder. */
export class Folder {
  readonly path: string;
  /** Names of the files, sorted, without those that are no migrations. */
  readonly files: readonly string[];
  /** Names of the folders in it, sorted. */
  readonly folders: readonly string[];
  readonly findings: Findings;
  readonly #texts = new Map<string, SourceText | undefined>();

  constructor(path: string, entries: readonly Dirent[], findings: Findings) {
    this.path = resolve(path);
    const names = (found: readonly Dirent[]): readonly string[] =>
      found
        .map(({ name }) => name)
        .filter((name) => !OTHER.test(name))
        .toSorted();
    this.files = names(entries.filter((entry) => !entry.isDirectory()));
    this.folders = names(entries.filter((entry) => entry.isDirectory()));
    this.findings = findings;
  }

  /** The files of a folder in it, as `files` has them. */
  async list(folder: string): Promise<Folder> {
    return new Folder(
      join(this.path, folder),
      await listEntries(join(this.path, folder)),
      this.findings,
    );
  }

  /** Returns the text of a file; undefined, and a problem, when it is missing or not UTF-8. */
  async text(file: string): Promise<SourceText | undefined> {
    if (!this.#texts.has(file)) this.#texts.set(file, await this.#read(file));
    return this.#texts.get(file);
  }

  async #read(file: string): Promise<SourceText | undefined> {
    try {
      return new SourceText(file, await readFile(join(this.path, file)));
    } catch (error) {
      const problem = error instanceof TypeError ? "it is not UTF-8; convert it" : reasonOf(error);
      this.findings.refuse(file, undefined, problem);
      return undefined;
    }
  }
}

/**
 * Opens a folder.
 * @throws {AdminError} when it cannot be read
 */
export async function openFolder(path: string, findings: Findings): Promise<Folder> {
  try {
    return new Folder(path, await listEntries(path), findings);
  } catch (error) {
    throw new AdminError(
      `Cannot read migrations of "${path}": ${reasonOf(error)}; check the path`,
      { code: "migrations_invalid" },
    );
  }
}

/** Whether a file exists in a folder, at any depth. */
export async function existsIn(folder: Folder, file: string): Promise<boolean> {
  try {
    await access(join(folder.path, file));
    return true;
  } catch {
    return false;
  }
}

function listEntries(path: string): Promise<Dirent[]> {
  return readdir(path, { withFileTypes: true });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "it cannot be read";
  if ("code" in error && error.code === "ENOENT") return "it does not exist";
  return error.message;
}
