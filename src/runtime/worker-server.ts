// Serving a tenancy on Cloudflare Workers. A connection belongs to the request that opened it: each
// request opens its own and closes it behind its answer. Of what outlives a request nothing does I/O.
// https://developers.cloudflare.com/hyperdrive/

import { type Config, readConfig, SERVICE_VARIABLES } from "../config.ts";
import { openDatabase } from "../database/database.ts";
import { AppError, toProblem } from "../errors.ts";
import { createLog } from "../log.ts";
import type { Tenancy, TenancyParts } from "../http/tenancy.ts";
import { ConfigError } from "../environment.ts";

// A Worker may have six connections open at once: https://developers.cloudflare.com/workers/platform/limits/
const MAX_CONNECTIONS = 5;

/** The bindings of wrangler.toml: Hyperdrive, or a DATABASE_URL, and the variables of the service. */
export interface Env extends Readonly<Record<string, unknown>> {
  readonly HYPERDRIVE?: { readonly connectionString: string };
}

/** What the platform hands over with a request. */
export interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

/** The form of a module Worker. */
export interface Worker {
  fetch(request: Request, env: Env, context: Context): Promise<Response>;
}

/** Builds an application once its configuration is known, as `createApp` does. */
export type BuildTenancy = (parts: Omit<TenancyParts, "router">) => Tenancy;

/**
 * The Worker that serves an application. Its variables are those of the README's table; a Hyperdrive
 * binding named HYPERDRIVE comes before DATABASE_URL. Where they cannot be read, every answer is 500 and
 * the log says why.
 */
export function createWorker(build: BuildTenancy): Worker {
  let service: { readonly tenancy: Tenancy; readonly config: Config } | undefined;
  const createService = (env: Env): NonNullable<typeof service> => {
    const config = readConfig(readEnv(env));
    return { tenancy: build({ log: createLog(config.LOG_LEVEL, writeLine), config }), config };
  };
  return {
    async fetch(request, env, context) {
      try {
        service ??= createService(env);
      } catch (error) {
        return misconfigured(error);
      }
      const { tenancy, config } = service;
      const database = openDatabase({
        ...config,
        DATABASE_CONNECTIONS: Math.min(config.DATABASE_CONNECTIONS, MAX_CONNECTIONS),
      });
      try {
        return await tenancy.fetch(request, database);
      } finally {
        context.waitUntil(database.close(1));
      }
    },
  };
}

/** The variables of the service; a Hyperdrive binding comes before a DATABASE_URL. */
function readEnv(env: Env): Record<string, string | undefined> {
  const texts: Record<string, string | undefined> = {};
  for (const name of Object.keys(SERVICE_VARIABLES)) {
    const value = env[name];
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      texts[name] = String(value);
    }
  }
  if (env.HYPERDRIVE) texts["DATABASE_URL"] = env.HYPERDRIVE.connectionString;
  return texts;
}

function misconfigured(error: unknown): Response {
  const requestId = crypto.randomUUID();
  const problems = error instanceof ConfigError ? error.message.split("\n") : undefined;
  createLog("error", writeLine).write("error", "misconfigured", { requestId, problems });
  const problem = toProblem(
    new AppError("INTERNAL", "Cannot answer: the service is not configured"),
    requestId,
  );
  return new Response(JSON.stringify(problem), {
    status: 500,
    headers: {
      "content-type": "application/problem+json",
      "x-request-id": requestId,
      "cache-control": "no-store",
    },
  });
}

function writeLine(line: string): void {
  // oxlint-disable-next-line no-console -- the one way to a Worker's log
  console.info(line.trimEnd());
}
