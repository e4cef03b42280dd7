// Serves a tenancy on Cloudflare Workers. A connection belongs to the request that opened it, so each request opens its
// own connections and closes them after its answer. Nothing that outlives a request does I/O.
// https://developers.cloudflare.com/hyperdrive/

import { readOptions, SERVICE_VARIABLES } from "../config.ts";
import { openRouted } from "../database/open-database.ts";
import { DATABASE_DEFAULTS, type DatabaseOptions } from "../database/options.ts";
import { Routes } from "../database/routes/routes.ts";
import { findUrlVariables } from "../database/routes/variables.ts";
import { ConfigError } from "../environment.ts";
import { AppError } from "../errors.ts";
import type { RequestContext } from "../http/exchange.ts";
import { problemResponse } from "../http/problem.ts";
import type { Tenancy } from "../http/tenancy.ts";
import { createLog } from "../log.ts";
import { Background } from "./background.ts";
import { type Build, partsOf } from "./build.ts";
import { findIgnored } from "./variables.ts";

export type { Build } from "./build.ts";

// A Worker may have six connections open at once: https://developers.cloudflare.com/workers/platform/limits/
const MAX_CONNECTIONS = 5;
// A request may ask three databases, when its tenant moves.
const MAX_CONNECTIONS_OF_SEVERAL = 2;

/** A Hyperdrive binding. */
interface Hyperdrive {
  readonly connectionString: string;
}

/**
 * The bindings of wrangler.toml: Hyperdrive or DATABASE_URL, and the variables of the service. HYPERDRIVE_EU or
 * DATABASE_URL_EU is another database, "eu".
 */
export interface Env extends Readonly<Record<string, unknown>> {
  readonly HYPERDRIVE?: Hyperdrive;
}

/** A module Worker. */
export interface Worker {
  fetch(request: Request, env: Env, context: RequestContext): Promise<Response>;
}

/** The parts of {@link serve}. */
export interface WorkerParts {
  readonly tenancy: Tenancy;
  /** The options with which each request opens its database. */
  readonly database: DatabaseOptions;
}

/**
 * Serves an application as the Worker's variables say. A Hyperdrive binding named HYPERDRIVE takes precedence over
 * DATABASE_URL. When variables cannot be read, every answer is 500 and the log says why.
 * @example
 * ```ts
 * import { createTenancy } from "rowhouse";
 * import { start } from "rowhouse/worker";
 * import { router } from "./routes.ts";
 *
 * export default start((parts) => createTenancy({ router, ...parts }));
 * ```
 */
export function start(build: Build): Worker {
  let worker: Worker | undefined;
  return {
    async fetch(request, env, context) {
      try {
        worker ??= create(build, env);
      } catch (error) {
        return misconfigured(error);
      }
      return worker.fetch(request, env, context);
    },
  };
}

function create(build: Build, env: Env): Worker {
  const options = readOptions(readEnv(env));
  const log = createLog(options.logLevel, writeLine);
  const files = Object.keys(env).filter((name) => /^DATABASE_URL(?:_.*)?_FILE$/.test(name));
  const ignored = findIgnored((name) => env[name], files);
  if (ignored.length > 0) log.write("warn", "ignored variables", { variables: ignored });
  return serve({ tenancy: build(partsOf(options, { log })), database: options.database });
}

/**
 * Serves an application. Each request opens its own database, with at most five connections, or two to each of several
 * databases.
 * @example
 * ```ts
 * import { createLog, createTenancy } from "rowhouse";
 * import { serve } from "rowhouse/worker";
 * import { router } from "./routes.ts";
 *
 * const log = createLog("info", (line) => console.info(line.trimEnd()));
 * const url = "postgres://service:secret@127.0.0.1:6432/app";
 *
 * export default serve({ tenancy: createTenancy({ router, log }), database: { url } });
 * ```
 */
export function serve({ tenancy, database: options }: WorkerParts): Worker {
  const connections = Math.min(
    options.connections ?? DATABASE_DEFAULTS.connections,
    Object.keys(options.others ?? {}).length > 0 ? MAX_CONNECTIONS_OF_SEVERAL : MAX_CONNECTIONS,
  );
  const routes = new Routes(options.maxInFlight ?? DATABASE_DEFAULTS.maxInFlight);
  return {
    async fetch(request, _env, context) {
      const database = openRouted({ ...options, connections }, () => routes);
      const background = new Background();
      try {
        return await tenancy.fetch(request, database, background);
      } finally {
        context.waitUntil(background.ended().then(() => database.close(1)));
      }
    },
  };
}

/** The variables of the service; a Hyperdrive binding takes precedence over a URL. */
function readEnv(env: Env): Record<string, string | undefined> {
  const texts: Record<string, string | undefined> = {};
  for (const name of [...Object.keys(SERVICE_VARIABLES), ...findUrlVariables(Object.keys(env))]) {
    const value = env[name];
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      texts[name] = String(value);
    }
  }
  for (const [name, value] of Object.entries(env)) {
    const [, other] = /^HYPERDRIVE(|_.*)$/.exec(name) ?? [];
    if (other !== undefined && isHyperdrive(value)) {
      texts[`DATABASE_URL${other}`] = value.connectionString;
    }
  }
  return texts;
}

function isHyperdrive(value: unknown): value is Hyperdrive {
  return (
    typeof value === "object" &&
    value !== null &&
    "connectionString" in value &&
    typeof value.connectionString === "string"
  );
}

function misconfigured(error: unknown): Response {
  const requestId = crypto.randomUUID();
  const problems = error instanceof ConfigError ? error.message.split("\n") : undefined;
  createLog("error", writeLine).write("error", "misconfigured", { requestId, problems });
  const failure = new AppError("INTERNAL", "Cannot answer: the service is not configured");
  return problemResponse(failure, requestId);
}

function writeLine(line: string): void {
  // oxlint-disable-next-line no-console -- the only way to a Worker's log
  console.info(line.trimEnd());
}
