// The three runtimes as programs: the command that starts each, and the line that it prints once it serves.
// Development and tests start them alike.

import { DENO_VARIABLES } from "../../src/runtime/variables.ts";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import process from "node:process";
import { SERVICE_VARIABLES } from "../../src/config.ts";
import { findUrlVariables } from "../../src/database/routes/variables.ts";
import { findPackage, installCommand } from "../command/environment/packages.ts";
import { AdminError } from "../registry/admin-error.ts";
import { type Application, findApplication, findExample, type Runtime } from "./application.ts";

/** How to start a runtime. */
export interface Program {
  readonly file: string;
  readonly parameters: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The working folder: the top of the tree. */
  readonly folder: string;
  /** The text in its output once it serves. */
  readonly ready: string;
}

// postgres.js always reads these two.
const ALLOWED_VARIABLES = [...DENO_VARIABLES, "PGAPPNAME", "PGTARGETSESSIONATTRS"];

/**
 * Builds the program that serves on `port` of 127.0.0.1.
 * @param env DATABASE_URL and the other variables of the service
 * @param application the application to serve; the example of this repository when left out
 * @throws {AdminError} with the command to run, when the runtime is not installed
 */
export function programOf(
  runtime: Runtime,
  port: number,
  env: NodeJS.ProcessEnv,
  application: Application = findApplication(runtime, process.cwd(), undefined),
): Program {
  const place = { folder: application.folder, env: { ...env, PORT: String(port) } };
  const entry = application.entry === undefined ? [] : [application.entry];
  switch (runtime) {
    case "node":
      return {
        ...place,
        file: process.execPath,
        parameters: entry,
        ready: '"event":"listening"',
      };
    case "deno": {
      const own = application.folder === findExample("deno")?.folder;
      const permissions = own ? denoPermissions(port, env) : ["--allow-net", "--allow-env"];
      return {
        ...place,
        file: findDeno(),
        parameters: [
          "serve",
          ...permissions,
          "--no-prompt",
          "--host=127.0.0.1",
          `--port=${port}`,
          ...entry,
        ],
        ready: "Listening on",
      };
    }
    case "worker":
      return {
        ...place,
        file: process.execPath,
        parameters: [
          join(requirePackage("wrangler"), "bin/wrangler.js"),
          "dev",
          ...entry,
          "--ip=127.0.0.1",
          `--port=${port}`,
          "--inspector-port=0",
          ...workerVariables(env),
        ],
        env: {
          ...place.env,
          WRANGLER_SEND_METRICS: "false",
          CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE: env["DATABASE_URL"],
        },
        ready: "Ready on",
      };
  }
}

/** The permissions that the example needs. Only its author knows those of another application. */
function denoPermissions(port: number, env: NodeJS.ProcessEnv): readonly string[] {
  const variables = findUrlVariables(Object.keys(env));
  const databases = variables.map((name) => {
    const url = new URL(env[name] ?? "");
    return `${url.hostname}:${url.port || 5432}`;
  });
  const peers = [`127.0.0.1:${port}`, ...databases].join(",");
  // Only a process that may read every variable finds the names of several databases.
  const names = variables.length > 1 ? "" : `=${ALLOWED_VARIABLES.join(",")}`;
  return [`--allow-net=${peers}`, `--allow-env${names}`];
}

/** The variables that are set, as wrangler takes them; the database comes by its binding. */
function workerVariables(env: NodeJS.ProcessEnv): readonly string[] {
  const names = new Set([...Object.keys(SERVICE_VARIABLES), ...findUrlVariables(Object.keys(env))]);
  return [...names].flatMap((name) => {
    const value = name === "DATABASE_URL" ? undefined : env[name];
    return value ? ["--var", `${name}:${value}`] : [];
  });
}

/** Lists the npm packages that a runtime needs to start. */
export function packagesOf(runtime: Runtime): readonly string[] {
  if (runtime === "worker") return ["wrangler"];
  return runtime === "deno" && findDenoOnPath() === undefined ? ["deno"] : [];
}

/**
 * Finds Deno's own program: the one in its npm package, past the script that would keep signals from it, or
 * the one on the PATH.
 * @throws {AdminError} with the command to run, when Deno is not installed
 */
export function findDeno(): string {
  const onPath = findPackage("deno") === undefined ? findDenoOnPath() : undefined;
  if (onPath !== undefined) return onPath;
  const api = join(requirePackage("deno"), "install_api.cjs");
  const installer = createRequire(import.meta.url)(api) as { runInstall(): string };
  return installer.runInstall();
}

function findDenoOnPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, "deno")).find((file) => existsSync(file));
}

function requirePackage(name: string): string {
  const found = findPackage(name);
  if (found !== undefined) return found;
  throw new AdminError(`Cannot start ${name}: it is not installed; run ${installCommand([name])}`);
}
