// The part of package.json that an application needs: its scripts, and the packages of its service and of the verbs.

import { testedVersions } from "../command/environment/packages.ts";
import { AdminError } from "../registry/admin-error.ts";

/** The scripts of an application. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  build: "tsc",
  dev: "tsc && rowhouse dev --entry dist/node.js",
  "dev:deno": "rowhouse dev --runtime deno --entry src/deno.ts",
  "dev:worker": "rowhouse dev --runtime worker",
  start: "node dist/node.js",
  "new-migration": "rowhouse new-migration --sql --folder migrations",
};

type Texts = Readonly<Record<string, string>>;

interface Manifest {
  readonly [field: string]: unknown;
  readonly type?: string;
  readonly scripts?: Texts;
  readonly dependencies?: Texts;
  readonly devDependencies?: Texts;
}

/** The text of a package.json, and what an author should know of it. */
export interface CompletedManifest {
  readonly text: string;
  /** Lines for the author. */
  readonly notes: readonly string[];
}

/**
 * Completes a package.json. What it has stays, but for `"type": "commonjs"`, which `npm init` writes and which would keep
 * the entries from running.
 * @param existing its text; undefined where the folder has none
 * @throws {AdminError} when it is not JSON, or has one of {@link SCRIPTS} with another command
 */
export function completeManifest(existing: string | undefined): CompletedManifest {
  const found: Manifest = existing === undefined ? { private: true } : parse(existing);
  const { scripts = {}, dependencies = {}, devDependencies = {} } = found;
  const taken = Object.keys(SCRIPTS).filter(
    (name) => (scripts[name] ?? SCRIPTS[name]) !== SCRIPTS[name],
  );
  if (taken.length > 0) {
    throw new AdminError(
      `Cannot write package.json: it has scripts named ${taken.join(", ")}; rename them, or choose another folder`,
    );
  }
  const { service, verbs } = testedVersions();
  const changed = found.type === "commonjs";
  const manifest: Manifest = {
    ...found,
    type: "module",
    scripts: { ...scripts, ...SCRIPTS },
    dependencies: { ...without(service, devDependencies), ...dependencies },
    devDependencies: { ...without(verbs, dependencies), ...devDependencies },
  };
  const notes = changed ? ['package.json: "type" was "commonjs" and is now "module"'] : [];
  return { text: `${JSON.stringify(manifest, null, 2)}\n`, notes };
}

function parse(text: string): Manifest {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Manifest;
    }
  } catch {
    // Refused below.
  }
  throw new AdminError(
    "Cannot write package.json: its text is not a JSON object; correct it first",
  );
}

function without(versions: Texts, others: Texts): Texts {
  return Object.fromEntries(Object.entries(versions).filter(([name]) => !(name in others)));
}
