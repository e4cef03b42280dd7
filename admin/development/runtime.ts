// The three runtimes as programs: how each is started on one source, and what it prints when it serves.
// Development and tests start them alike.

import { DENO_VARIABLES } from "../../src/runtime/variables.ts";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { SERVICE_VARIABLES } from "../../src/config.ts";

/** Names of the runtimes. */
export const RUNTIMES = ["node", "deno", "worker"] as const;

/** One of {@link RUNTIMES}. */
export type Runtime = (typeof RUNTIMES)[number];

/** How to start a runtime. */
export interface Program {
  readonly file: string;
  readonly parameters: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where it runs: the top of the tree. */
  readonly folder: string;
  /** What stands in its output once it serves. */
  readonly ready: string;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

// postgres.js asks for these two whatever it is told.
const ALLOWED_VARIABLES = [...DENO_VARIABLES, "PGAPPNAME", "PGTARGETSESSIONATTRS"];

/**
 * The program that serves on `port` of 127.0.0.1.
 * @param env DATABASE_URL and the other variables of the service
 * @throws {Error} that says what to install, when the runtime's npm package is missing
 */
export function programOf(runtime: Runtime, port: number, env: NodeJS.ProcessEnv): Program {
  const place = { folder: ROOT, env: { ...env, PORT: String(port) } };
  switch (runtime) {
    case "node":
      return {
        ...place,
        file: process.execPath,
        parameters: ["src/node.js"],
        ready: '"event":"listening"',
      };
    case "deno": {
      const database = new URL(env["DATABASE_URL"] ?? "");
      const peers = `127.0.0.1:${port},${database.hostname}:${database.port || 5432}`;
      const permissions = [
        `--allow-net=${peers}`,
        `--allow-env=${ALLOWED_VARIABLES.join(",")}`,
        "--no-prompt",
      ];
      return {
        ...place,
        file: findDeno(),
        parameters: ["serve", ...permissions, "--host=127.0.0.1", `--port=${port}`, "src/deno.ts"],
        ready: "Listening on",
      };
    }
    case "worker":
      return {
        ...place,
        file: process.execPath,
        parameters: [
          packageFile("wrangler", "bin/wrangler.js"),
          "dev",
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

/** The variables that are set, as wrangler takes them; the database comes by its binding. */
function workerVariables(env: NodeJS.ProcessEnv): readonly string[] {
  return Object.keys(SERVICE_VARIABLES).flatMap((name) => {
    const value = name === "DATABASE_URL" ? undefined : env[name];
    return value ? ["--var", `${name}:${value}`] : [];
  });
}

/**
 * Deno's own program. The package's script would stand between it and the signals.
 * @throws {Error} that says what to install
 */
export function findDeno(): string {
  const api = packageFile("deno", "install_api.cjs");
  const installer = createRequire(import.meta.url)(api) as { runInstall(): string };
  return installer.runInstall();
}

function packageFile(name: string, file: string): string {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return fileURLToPath(new URL(file, `file://${manifest}`));
  } catch {
    throw new Error(`Cannot start ${name}: its npm package is missing; run npm ci`);
  }
}
