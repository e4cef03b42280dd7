// node admin/dev.js (npm run dev): the whole of it on one machine. Without DATABASE_URL it starts the
// embedded PostgreSQL, adds the two tenants of the demonstration, and serves; Ctrl-C ends both.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { SERVICE_VARIABLES } from "../src/config.ts";
import { ConfigError, readVariables } from "../src/variable.ts";
import { AdminError } from "./registry/admin-error.ts";
import { readAdminConfig } from "./command/config.ts";
import { startDemonstration } from "./embedded/demonstration.ts";
import { isPortFree, PortInUseError } from "./embedded/port.ts";

const FOLDER = fileURLToPath(new URL("../.rowhouse", import.meta.url));
const ENTRY = fileURLToPath(new URL("../src/node.js", import.meta.url));

process.stdout.on("error", () => {});
let service: ChildProcess | undefined;
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stopping = true;
    service?.kill(signal);
  });
}

try {
  process.exitCode = await run();
} catch (error) {
  const known =
    error instanceof AdminError || error instanceof ConfigError || error instanceof PortInUseError;
  if (!known) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

/** Runs until the service has ended; the service's exit status. */
async function run(): Promise<number> {
  if (process.env["DATABASE_URL"]) {
    process.stdout.write("DATABASE_URL is set: serving from it as npm start does\n");
    return serve(process.env);
  }
  const { DEV_DATABASE_PORT } = readAdminConfig(process.env);
  const { PORT } = readVariables({ PORT: SERVICE_VARIABLES.PORT }, process.env);
  if (!(await isPortFree(PORT))) {
    throw new AdminError(`Cannot listen: port ${PORT} on 127.0.0.1 is in use; set PORT to another`);
  }
  const demonstration = await startDemonstration(FOLDER, DEV_DATABASE_PORT, PORT);
  try {
    const env = { ...process.env, DATABASE_URL: demonstration.databaseUrl, PORT: String(PORT) };
    return stopping ? 0 : await serve(env, () => process.stdout.write(welcome(PORT)));
  } finally {
    await demonstration.stop();
  }
}

/** Starts the service's own program; `listening` is called when it serves. */
async function serve(env: NodeJS.ProcessEnv, listening?: () => void): Promise<number> {
  const child = spawn(process.execPath, [ENTRY], { env, stdio: ["ignore", "pipe", "inherit"] });
  service = child;
  child.stdout.setEncoding("utf8").on("data", (lines: string) => {
    process.stdout.write(lines);
    if (lines.includes('"event":"listening"')) listening?.();
  });
  const [status] = (await once(child, "exit")) as [number | null];
  return status ?? 1;
}

function welcome(port: number): string {
  return `
Two tenants, each with its own schema: "ip" at 127.0.0.1:${port} and "local" at localhost:${port}. Try:

  curl -X POST http://127.0.0.1:${port}/data/insert/42/8675309
  curl http://127.0.0.1:${port}/data/get/42
  curl http://localhost:${port}/data/get/42

Ctrl-C stops the service and its PostgreSQL; the data stays in .rowhouse/

`;
}
