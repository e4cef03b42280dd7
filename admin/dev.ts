// node admin/dev.js (npm run dev): the whole of it on one machine. Without DATABASE_URL it starts the
// embedded PostgreSQL, adds the two tenants of the demonstration, and serves; Ctrl-C ends both.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { NODE_VARIABLES } from "../src/runtime/variables.ts";
import { readVariables } from "../src/environment.ts";
import { runVerb } from "./command/command.ts";
import { readAdminConfig } from "./command/config.ts";
import { startDemonstration } from "./development/demonstration.ts";
import { isPortFree } from "./development/embedded/port.ts";
import { AdminError } from "./registry/admin-error.ts";
import { programOf, type Runtime, RUNTIMES } from "./development/runtime.ts";

const FOLDER = fileURLToPath(new URL("../.rowhouse", import.meta.url));

let service: ChildProcess | undefined;
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stopping = true;
    service?.kill(signal);
  });
}
process.stdout.on("error", () => {});

await runVerb({
  name: "dev",
  about:
    "Serves the demonstration on one machine. Without DATABASE_URL it starts a PostgreSQL of its own, " +
    "with the data in .rowhouse/, at DEV_DATABASE_PORT.",
  operands: [],
  options: {
    runtime: { type: "string", value: "NAME", about: `One of ${RUNTIMES.join(", ")}` },
  },
  example: "--runtime deno",
  async run(call) {
    const name = call.text("runtime") ?? "node";
    const runtime = RUNTIMES.find((known) => known === name);
    if (runtime === undefined) {
      throw new AdminError(`Cannot serve on "${name}"; choose one of ${RUNTIMES.join(", ")}`);
    }
    await develop(runtime, call.env);
    return { lines: ["Stopped"], json: { runtime, stopped: true } };
  },
});

/** Serves until a signal comes. */
async function develop(runtime: Runtime, env: NodeJS.ProcessEnv): Promise<void> {
  const { DEV_DATABASE_PORT } = readAdminConfig(env);
  const { PORT } = readVariables({ PORT: NODE_VARIABLES.PORT }, env);
  if (!(await isPortFree(PORT))) {
    throw new AdminError(`Cannot listen: port ${PORT} on 127.0.0.1 is in use; set PORT to another`);
  }
  if (env["DATABASE_URL"]) {
    process.stdout.write("DATABASE_URL is set: serving from it, with no PostgreSQL of our own\n");
    await serve(runtime, PORT, env, "");
    return;
  }
  const demonstration = await startDemonstration(FOLDER, DEV_DATABASE_PORT, PORT);
  try {
    const withDatabase = { ...env, DATABASE_URL: demonstration.databaseUrl };
    if (!stopping) await serve(runtime, PORT, withDatabase, welcome(PORT));
  } finally {
    await demonstration.stop();
  }
}

/** Runs the runtime's program to its end; prints `greeting` when it serves. */
async function serve(
  runtime: Runtime,
  port: number,
  env: NodeJS.ProcessEnv,
  greeting: string,
): Promise<void> {
  const program = programOf(runtime, port, env);
  const child = spawn(program.file, program.parameters, {
    cwd: program.folder,
    env: program.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  service = child;
  let output = "";
  const pass = (from: NodeJS.ReadableStream, to: NodeJS.WritableStream): void => {
    from.setEncoding("utf8").on("data", (text: string) => {
      to.write(text);
      if (output.includes(program.ready)) return;
      output += text;
      if (output.includes(program.ready)) process.stdout.write(greeting);
    });
  };
  pass(child.stdout, process.stdout);
  pass(child.stderr, process.stderr);
  const [status] = (await once(child, "close")) as [number | null];
  if (status !== 0 && !stopping) throw new AdminError(`The service ended with status ${status}`);
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
