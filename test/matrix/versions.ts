// The versions of Node and PostgreSQL that are tested, and which of them together.

import { PLATFORM_PACKAGE } from "../../admin/development/embedded/binaries.ts";

/** One version of a package, such as `node` at "24.21.0". */
export interface Version {
  readonly name: string;
  readonly version: string;
}

/** A Node and a PostgreSQL that are tested together. */
export interface Pair {
  /** The major versions, such as "24/16". */
  readonly name: string;
  readonly node: Version;
  readonly postgres: Version;
}

const NODES: Readonly<Record<string, string>> = {
  "20": "20.20.2",
  "22": "22.23.3",
  "24": "24.21.0",
  "26": "26.10.0",
};

const SERVERS: Readonly<Record<string, string>> = {
  "15": "15.18.0-beta.17",
  "16": "16.14.0-beta.17",
  "17": "17.10.0-beta.17",
  "18": "18.4.0-beta.17",
};

/**
 * The pairs that run by default: every version once, the oldest ones together and the newest ones together, and the
 * Node of most users with the server of new installations. `npm test` is the pair 20/18.
 */
export const USUAL_PAIRS: readonly string[] = ["20/15", "22/17", "24/16", "24/18", "26/18"];

/**
 * Finds a pair by its major versions.
 * @param name such as "24/16"
 * @returns undefined when one of the two is not tested
 */
export function findPair(name: string): Pair | undefined {
  const [, node = "", postgres = ""] = /^(\d+)\/(\d+)$/.exec(name) ?? [];
  const [nodeVersion, serverVersion] = [NODES[node], SERVERS[postgres]];
  if (nodeVersion === undefined || serverVersion === undefined) return undefined;
  return {
    name,
    node: { name: "node", version: nodeVersion },
    postgres: { name: PLATFORM_PACKAGE, version: serverVersion },
  };
}

/** A sentence with the versions that there are. */
export function listVersions(): string {
  const all = (of: Readonly<Record<string, string>>): string => Object.keys(of).join(", ");
  return `Node ${all(NODES)}; PostgreSQL ${all(SERVERS)}`;
}

/** The exact version of Node by its major version. */
export function nodeVersion(major: string): Version {
  const version = NODES[major];
  if (version === undefined) throw new Error(`Cannot find Node "${major}": ${listVersions()}`);
  return { name: "node", version };
}
