// The oldest Node that the package runs on, as package.json says; a test keeps the two equal.

import { ConfigError } from "../environment.ts";

const OLDEST = [20, 19] as const;

/**
 * Describes a Node that is too old; undefined for any other.
 * @param version such as `process.versions.node`
 */
export function describeOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined;
  return `Cannot run on Node.js ${version}: it is too old; use ${OLDEST.join(".")} or newer`;
}

/** Throws a {@link ConfigError} on a Node that is too old. */
export function requireNode(version: string): void {
  const problem = describeOldNode(version);
  if (problem !== undefined) throw new ConfigError(problem);
}
