// The entry for Node: reads the environment, opens the database, serves, and drains on SIGTERM or
// SIGINT. What a request says of its host reaches the app as it came, whatever the adapter makes of it.

import { writeSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import process from "node:process";
import { getRequestListener } from "@hono/node-server";
import { createApp } from "./app.ts";
import { type Config, readConfig } from "./config.ts";
import { openDatabase } from "./database.ts";
import { createLog, describeError } from "./log.ts";
import { ConfigError } from "./variable.ts";

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
// Longer than the idle time of the usual load balancers, so that they close first.
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

const config = readConfigOrExit();
const write = createLineWriter();
const log = createLog(config.LOG_LEVEL, write);
const database = openDatabase(config);
const app = createApp({ log, config });
const listener = getRequestListener((request) => app.fetch(request, database), {
  hostname: "localhost",
  errorHandler: () => new Response(null, { status: 400 }),
});
const server = createServer(
  {
    requireHostHeader: false,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  },
  (incoming, outgoing) => {
    if (!server.listening) outgoing.setHeader("connection", "close");
    plainTarget(incoming);
    void listener(incoming, outgoing);
  },
);

process.on("uncaughtException", (error) => {
  log.write("error", "crash", { error: describeError(error) });
  process.exit(1);
});
let draining = false;
process.on("SIGTERM", drain);
process.on("SIGINT", drain);
server.on("error", (error: NodeJS.ErrnoException) => {
  const problem =
    error.code === "EADDRINUSE"
      ? `port ${config.PORT} on ${config.LISTEN_HOST} is in use; set PORT to another`
      : `${config.LISTEN_HOST}:${config.PORT} gives ${error.code ?? error.name}`;
  process.stderr.write(`Cannot listen: ${problem}\n`);
  process.exit(1);
});
server.listen(config.PORT, config.LISTEN_HOST, () => {
  log.write("info", "listening", { host: config.LISTEN_HOST, port: config.PORT });
});

/**
 * Finishes what runs, refuses what comes, closes the connections, and exits. At a terminal Ctrl-C
 * reaches every process, and may come a second time from the one that started this.
 */
function drain(signal: NodeJS.Signals): void {
  if (draining) return;
  draining = true;
  log.write("info", "draining", { signal, seconds: config.SHUTDOWN_SECONDS });
  void app.drain();
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const deadline = setTimeout(() => {
    log.write("error", "drain failed", { seconds: config.SHUTDOWN_SECONDS });
    process.exit(1);
  }, config.SHUTDOWN_SECONDS * 1000);
  server.close(() => {
    clearInterval(sweep);
    void database.close(1).then(() => {
      clearTimeout(deadline);
      log.write("info", "drained");
      process.exit(0);
    });
  });
}

/**
 * Leaves the adapter nothing to refuse by its own rules and in its own words: the app reads the host
 * from the headers, so the URL may have any. A target in absolute form brings a host of its own
 * (https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2); where that is another, there are two.
 */
function plainTarget(incoming: IncomingMessage): void {
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/is.exec(incoming.url ?? "");
  if (absolute !== null) {
    const [, authority = "", path = ""] = absolute;
    if (authority !== incoming.headers.host) incoming.rawHeaders.push("Host", authority);
    incoming.url = path;
  }
  const path = incoming.url ?? "";
  incoming.url = (path.startsWith("/") ? path : `/${path}`).replaceAll("\\", "%5C");
  incoming.headers.host = "localhost";
}

function readConfigOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** Writes the lines of one turn of the event loop together, and the last ones before the exit. */
function createLineWriter(): (line: string) => void {
  let pending = "";
  const flush = (): void => {
    const lines = pending;
    pending = "";
    process.stdout.write(lines);
  };
  process.stdout.on("error", () => {});
  process.on("exit", () => {
    try {
      if (pending !== "") writeSync(1, pending);
    } catch {
      // Whoever read the lines is gone.
    }
  });
  return (line) => {
    if (pending === "") setImmediate(flush);
    pending += line;
  };
}
