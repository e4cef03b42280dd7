// The part of the suite that every pair of versions must pass: all promises in which Node or PostgreSQL takes part.

/** The files of the part, as globs from the root; the slowest come first. */
export const PROMISES: readonly string[] = [
  // A tenant of one version is a tenant of another: dumps, clones, moves, and the faults in them.
  "test/{verbs,faults,transfer}/**/*.test.js",
  // Isolation, the service, its poolers, and what the catalogs show.
  "test/{isolation,databases,http,inspect,pooling}/**/*.test.js",
  "test/{builders,api,telemetry}/*.test.js",
  "test/runtime/node.test.js",
];
