// Serves a tenancy on Node: the HTTP server and its timeouts. The application gets a request's Host headers as they
// came, whatever the adapter does with them.

import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import process from "node:process";
import { getRequestListener } from "@hono/node-server";
import { readOptions } from "../config.ts";
import { openDatabase } from "../database/open-database.ts";
import { findUrlVariables } from "../database/routes/variables.ts";
import { ConfigError, readBoth, readVariables } from "../environment.ts";
import { createLog } from "../log.ts";
import { readSecretFiles } from "../secret-files.ts";
import { Background } from "./background.ts";
import { type Build, partsOf } from "./build.ts";
import { createCrash, createDrain, type ProcessParts } from "./drain.ts";
import { createLineWriter } from "./line-writer.ts";
import { openTelemetry } from "./node-telemetry.ts";
import { describeOldNode } from "./node-version.ts";
import { closeStalled } from "./stalled.ts";
import { rewriteTarget } from "./target.ts";
import { NODE_VARIABLES } from "./variables.ts";

export type { Build } from "./build.ts";
export type { ProcessParts } from "./drain.ts";
export { createLineWriter } from "./line-writer.ts";
export { type NodeTelemetry, openTelemetry } from "./node-telemetry.ts";

// Node's default is to look for slow requests every 30 s.
const CHECKS_PER_TIMEOUT = 10;
const SWEEP_MS = 50;

/** The timeouts of clients, in milliseconds. */
export interface ClientTimeouts {
  /** From the connection, or the previous answer, until all headers of a request have arrived. */
  readonly headersMs: number;
  /** From the same moment until the whole request has arrived. */
  readonly requestMs: number;
  /** How long a connection stays open between two requests. */
  readonly idleMs: number;
  /** How long a client may read nothing while its answer waits to be sent. */
  readonly answerMs: number;
}

/** The default timeouts. */
export const CLIENT_TIMEOUTS: ClientTimeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  // Longer than the idle time of the usual load balancers, so that they close first.
  idleMs: 65_000,
  answerMs: 30_000,
};

/** The parts of {@link serve}. */
export interface NodeParts extends ProcessParts {
  /** Address to listen on; 127.0.0.1 by default. */
  readonly hostname?: string;
  /** Port to listen on; 5000 by default. */
  readonly port?: number;
  /** What sets the port, for the message when it is in use, such as `--port`; `port` by default. */
  readonly portOption?: string;
  /** Timeouts that differ from {@link CLIENT_TIMEOUTS}, such as for a load balancer that keeps connections longer. */
  readonly timeouts?: Partial<ClientTimeouts>;
}

/**
 * Serves an application as the environment's variables say. It creates the log, the telemetry and the database, and
 * calls {@link serve}. When variables cannot be read, or Node is too old, it writes one line for each to standard error
 * and ends the process with status 1.
 * @example
 * ```ts
 * import { createTenancy } from "rowhouse";
 * import { start } from "rowhouse/node";
 * import { router } from "./routes.ts";
 *
 * await start((parts) => createTenancy({ router, ...parts }));
 * ```
 */
export async function start(
  build: Build,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<void> {
  try {
    const old = describeOldNode(process.versions.node);
    if (old !== undefined) throw new ConfigError(old);
    const secrets = readSecretFiles(env, findUrlVariables(Object.keys(env)), (path) =>
      readFileSync(path, "utf8"),
    );
    const [options, node] = readBoth(
      () => readOptions({ ...env, ...secrets }),
      () => readVariables(NODE_VARIABLES, env),
    );
    const log = createLog(options.logLevel, createLineWriter());
    const { METRICS_PORT: port, METRICS_HOST: host } = node;
    const metrics = { port, host, maxTenants: options.maxTenants };
    const exporting = await openTelemetry(env, metrics, log);
    const { telemetry } = exporting;
    const database = openDatabase(options.database);
    telemetry?.observe(database);
    serve({
      tenancy: build(partsOf(options, { log, telemetry })),
      database,
      log,
      hostname: node.LISTEN_HOST,
      port: node.PORT,
      portOption: "PORT",
      shutdownSeconds: node.SHUTDOWN_SECONDS,
      finish: () => exporting.close(),
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/**
 * Serves until SIGTERM or SIGINT. Then it finishes running requests, rejects new ones, closes the database and
 * ends the process: with status 0, or 1 when `shutdownSeconds` were not enough. When the port is in use, it writes one
 * line to standard error and ends the process with status 1. An uncaught error ends the process, too; the log
 * describes it without its message.
 * @example
 * ```ts
 * import { createLog, createTenancy, openDatabase } from "rowhouse";
 * import { createLineWriter, serve } from "rowhouse/node";
 * import { router } from "./routes.ts";
 *
 * const log = createLog("info", createLineWriter());
 * const database = openDatabase({ url: "postgres://service:secret@127.0.0.1:6432/app" });
 * serve({ tenancy: createTenancy({ router, log }), database, log, port: 8080 });
 * ```
 */
export function serve(parts: NodeParts): void {
  const {
    tenancy,
    database,
    log,
    hostname = "127.0.0.1",
    port = 5000,
    portOption = "port",
  } = parts;
  const { headersMs, requestMs, idleMs, answerMs } = { ...CLIENT_TIMEOUTS, ...parts.timeouts };
  const background = new Background();
  const listener = getRequestListener((request) => tenancy.fetch(request, database, background), {
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
      if (!server.listening) outgoing.setHeader("connection", "close");
      rewriteTarget(incoming);
      void listener(incoming, outgoing);
    },
  );
  closeStalled(server, answerMs);
  // By default Node drops every header after the 2000th silently, and a second Host may be among them. The bound of
  // 16 KiB on all headers together stays.
  server.maxHeadersCount = 0;

  const exit = (status: number): void => process.exit(status);
  const drain = createDrain(parts, { closeServer: () => close(server), exit, background });
  const crash = createCrash(log, exit);
  process.on("SIGTERM", drain);
  process.on("SIGINT", drain);
  process.on("uncaughtException", crash.error);
  process.on("unhandledRejection", crash.rejection);
  server.on("error", (error: NodeJS.ErrnoException) => {
    const problem =
      error.code === "EADDRINUSE"
        ? `port ${port} on ${hostname} is in use; set ${portOption} to another`
        : `${hostname}:${port} failed with ${error.code ?? error.name}`;
    process.stderr.write(`Cannot listen: ${problem}\n`);
    process.exit(1);
  });
  server.listen(port, hostname, () => log.write("info", "listening", { host: hostname, port }));
}

function close(server: Server): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  return new Promise((resolve) => {
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
  });
}
