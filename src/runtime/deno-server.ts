// Serves a tenancy on Deno with `deno serve`. Deno listens where its own --host and --port say.
// https://docs.deno.com/runtime/reference/cli/serve/

import { readOptions } from "../config.ts";
import { openDatabase } from "../database/open-database.ts";
import { findUrlVariables } from "../database/routes/variables.ts";
import { readBoth, readVariables } from "../environment.ts";
import { createLog } from "../log.ts";
import { readSecretFiles } from "../secret-files.ts";
import { createTelemetry } from "../telemetry/telemetry.ts";
import { Background } from "./background.ts";
import { type Build, partsOf } from "./build.ts";
import { createCrash, createDrain, type ProcessParts } from "./drain.ts";
import { isSameAuthority, readAbsoluteTarget } from "./target.ts";
import { findIgnored, PROCESS_VARIABLES } from "./variables.ts";

export type { Build } from "./build.ts";
export type { ProcessParts } from "./drain.ts";

/** The part of Deno that this file needs: https://docs.deno.com/api/deno/ */
declare const Deno: {
  readonly env: {
    get(name: string): string | undefined;
    toObject(): Readonly<Record<string, string>>;
  };
  readonly permissions: {
    querySync(permission: { readonly name: "env" }): { readonly state: string };
  };
  readTextFileSync(path: string): string;
  readonly stdout: { writeSync(bytes: Uint8Array): number };
  addSignalListener(signal: "SIGINT" | "SIGTERM", listener: () => void): void;
  exit(status: number): never;
};

// The time for the last answers to reach their sockets after they have left the handlers.
const LAST_ANSWERS_MS = 100;

/** The default export of a module that `deno serve` runs. */
export interface DenoHandler {
  fetch(request: Request): Promise<Response>;
}

/**
 * Serves an application as the environment's variables say. It creates the log, the telemetry and the database, and
 * calls {@link serve}.
 * @throws {ConfigError} for variables that cannot be read, one line each
 * @example
 * ```ts
 * import { createTenancy } from "rowhouse";
 * import { start } from "rowhouse/deno";
 * import { router } from "./routes.ts";
 *
 * export default start((parts) => createTenancy({ router, ...parts }));
 * ```
 */
export function start(build: Build): DenoHandler {
  const env = lazyEnv(readVariable);
  const names = findUrlVariables(listVariables());
  const secrets = readSecretFiles(env, names, (path) => Deno.readTextFileSync(path));
  const texts = lazyEnv((name) => secrets[name] ?? readVariable(name));
  const [options, { SHUTDOWN_SECONDS: shutdownSeconds }] = readBoth(
    () => readOptions(texts, names),
    () => readVariables(PROCESS_VARIABLES, env),
  );
  const utf8 = new TextEncoder();
  const log = createLog(options.logLevel, (line) => void Deno.stdout.writeSync(utf8.encode(line)));
  const ignored = findIgnored(readVariable);
  if (ignored.length > 0) log.write("warn", "ignored variables", { variables: ignored });
  const database = openDatabase(options.database);
  // Deno has an SDK, which OTEL_DENO=true switches on: https://docs.deno.com/runtime/fundamentals/open_telemetry/
  const telemetry = createTelemetry({ maxTenants: options.maxTenants, log });
  telemetry?.observe(database);
  const tenancy = build(partsOf(options, { log, telemetry }));
  return serve({ tenancy, database, log, shutdownSeconds });
}

/** Reads each variable only when needed, because Deno requires a permission for each. */
function lazyEnv(
  read: (name: string) => string | undefined,
): Readonly<Record<string, string | undefined>> {
  return new Proxy<Record<string, string | undefined>>(
    {},
    { get: (_, name) => (typeof name === "string" ? read(name) : undefined) },
  );
}

/** Also returns undefined for a variable that the process is not permitted to read. */
function readVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}

/** The names of all variables; none for a process that is not permitted to read every one, and must not be asked. */
function listVariables(): readonly string[] {
  const { state } = Deno.permissions.querySync({ name: "env" });
  return state === "granted" ? Object.keys(Deno.env.toObject()) : [];
}

/**
 * Serves until SIGTERM or SIGINT. Then it finishes running requests, rejects new ones, closes the database and
 * ends the process: with status 0, or 1 when `shutdownSeconds` were not enough.
 * @returns the default export of the module that `deno serve` runs
 * @example
 * ```ts
 * import { createLog, createTenancy, openDatabase } from "rowhouse";
 * import { serve } from "rowhouse/deno";
 * import { router } from "./routes.ts";
 *
 * const log = createLog("info", (line) => console.info(line.trimEnd()));
 * const database = openDatabase({ url: "postgres://service:secret@127.0.0.1:6432/app" });
 *
 * export default serve({ tenancy: createTenancy({ router, log }), database, log });
 * ```
 */
export function serve(parts: ProcessParts): DenoHandler {
  const { tenancy, database, log } = parts;
  const exit = (status: number): void => Deno.exit(status);
  const closeServer = async (): Promise<void> => {
    await tenancy.drain();
    await new Promise((resolve) => setTimeout(resolve, LAST_ANSWERS_MS));
  };
  const background = new Background();
  const drain = createDrain(parts, { closeServer, exit, background });
  const crash = createCrash(log, exit);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => drain(signal));
  }
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    crash.error(event.error);
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    crash.rejection(event.reason);
  });
  return { fetch: (request) => tenancy.fetch(readTarget(request), database, background) };
}

/** Deno takes the URL from a target in absolute form. A host that differs from the header's becomes a second one. */
function readTarget(request: Request): Request {
  const host = request.headers.get("host");
  const authority = readAbsoluteTarget(request.url)?.authority ?? "";
  if (host === null || isSameAuthority(authority, host)) return request;
  return new Request("http://localhost/", { headers: { host: `${host}, ${authority}` } });
}
