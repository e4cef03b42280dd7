// Three files at a time, each process with a server of its own: on two cores, one is waiting for something. On a server
// that TEST_DATABASE_URL names, one at a time, because roles belong to the server.

const isOwnServer = process.env.TEST_DATABASE_URL === undefined;

module.exports = {
  spec: [
    // The files that take longest come first, so that the end is not one file alone.
    "test/runtime/*.test.js",
    "test/pages/*.test.js",
    "test/{verbs,http,faults,isolation,inspect,transfer}/**/*.test.js",
    "test/browser/*.test.js",
    // Whatever other folder there is.
    "test/!(runtime|pages|verbs|http|faults|isolation|inspect|transfer|browser)/**/*.test.js",
  ],
  require: ["test/support/setup.js"],
  parallel: isOwnServer,
  jobs: 3,
  timeout: 30000,
  slow: 2000,
  "forbid-only": true,
  "forbid-pending": true,
};
