// The oldest Node that the package runs on, as package.json says; a test keeps the two equal. It imports nothing, because
// an old Node may lack what another file needs.

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
