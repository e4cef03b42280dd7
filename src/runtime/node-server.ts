// Serving a tenancy on Node: the HTTP server, its bounds in time, and the orderly end. What a request
// says of its host reaches the application as it came, whatever the adapter makes of it.

import { writeSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import process from "node:process";
import { getRequestListener } from "@hono/node-server";
import type { Config } from "../config.ts";
import type { Database } from "../database/database.ts";
import { describeError, type Log } from "../log.ts";
import type { NodeTelemetry } from "./node-telemetry.ts";
import type { Tenancy } from "../http/tenancy.ts";

export { type NodeTelemetry, openTelemetry } from "./node-telemetry.ts";

// Node looks for slow requests every 30 s unless told otherwise.
const CHECKS_PER_TIMEOUT = 10;

/** How long a client may take, in milliseconds. */
export interface ClientTimeouts {
  /** From the connection, or the answer before, until all headers of a request are here. */
  readonly headersMs: number;
  /** The same until the whole request is here. */
  readonly requestMs: number;
  /** How long a connection is kept between two requests. */
  readonly idleMs: number;
  /** How long a client may take nothing of an answer that waits for it. */
  readonly answerMs: number;
}

/** What stands unless told otherwise. */
export const CLIENT_TIMEOUTS: ClientTimeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  // Longer than the idle time of the usual load balancers, so that they close first.
  idleMs: 65_000,
  answerMs: 30_000,
};

/** What {@link serve} serves, and how. */
export interface NodeServerParts {
  readonly tenancy: Tenancy;
  /** Closed when the process drains. */
  readonly database: Database;
  readonly log: Log;
  readonly config: Pick<Config, "LISTEN_HOST" | "PORT" | "SHUTDOWN_SECONDS">;
  /** Others than {@link CLIENT_TIMEOUTS}, behind a load balancer that idles longer say. */
  readonly timeouts?: Partial<ClientTimeouts>;
  /** Closed last, so that what the end is made of is exported, too. */
  readonly exporting?: Pick<NodeTelemetry, "close">;
}

/**
 * Serves until SIGTERM or SIGINT; then finishes what runs, refuses what comes, closes the database and
 * ends the process: status 0, or 1 when SHUTDOWN_SECONDS were not enough. A port that is taken ends it
 * at once with status 1 and one line on standard error; so does an error that nobody caught, logged in
 * its redacted form.
 */
export function serve(parts: NodeServerParts): void {
  const { tenancy, database, log, config, timeouts, exporting } = parts;
  const { headersMs, requestMs, idleMs, answerMs } = { ...CLIENT_TIMEOUTS, ...timeouts };
  const listener = getRequestListener((request) => tenancy.fetch(request, database), {
    hostname: "localhost",
    errorHandler: () => new Response(null, { status: 400 }),
  });
  const server = createServer(
    {
      requireHostHeader: false,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: idleMs,
      connectionsCheckingInterval: Math.ceil(Math.min(headersMs, requestMs) / CHECKS_PER_TIMEOUT),
    },
    (incoming, outgoing) => {
      // Fires when nothing has passed on the connection for a while: as a rule, the answer is not there.
      const { socket } = incoming;
      outgoing.setTimeout(answerMs, () => {
        if (socket.writableLength > 0) socket.destroy();
      });
      if (!server.listening) outgoing.setHeader("connection", "close");
      plainTarget(incoming);
      void listener(incoming, outgoing);
    },
  );
  // 2000 when left alone, and further headers are dropped without a word: a second Host among them. What
  // holds is the bound of 16 KiB on all of them together.
  server.maxHeadersCount = 0;

  let draining = false;
  // At a terminal Ctrl-C reaches every process, and may come again from the one that started this.
  const drain = (signal: NodeJS.Signals): void => {
    if (draining) return;
    draining = true;
    log.write("info", "draining", { signal, seconds: config.SHUTDOWN_SECONDS });
    void tenancy.drain();
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    const deadline = setTimeout(() => {
      log.write("error", "drain failed", { seconds: config.SHUTDOWN_SECONDS });
      process.exit(1);
    }, config.SHUTDOWN_SECONDS * 1000);
    server.close(() => {
      clearInterval(sweep);
      void database.close(1).then(async () => {
        clearTimeout(deadline);
        await exporting?.close();
        log.write("info", "drained");
        process.exit(0);
      });
    });
  };

  process.on("SIGTERM", drain);
  process.on("SIGINT", drain);
  process.on("uncaughtException", (error) => {
    log.write("error", "crash", { error: describeError(error) });
    process.exit(1);
  });
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

/**
 * What {@link createLog} writes with on Node: standard output, the lines of one turn of the event loop
 * together, the last ones before the process exits.
 */
export function createLineWriter(): (line: string) => void {
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
