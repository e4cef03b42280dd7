// Serves an application on one machine, with its own PostgreSQL: one signal ends both.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { NODE_VARIABLES } from "../../src/runtime/variables.ts";
import { readVariables } from "../../src/environment.ts";
import { readAdminConfig } from "../command/config.ts";
import { AdminError } from "../registry/admin-error.ts";
import { type Application, findExample } from "./application.ts";
import { followMigrations, type Following } from "./follow-migrations.ts";
import { startDemonstration } from "./demonstration.ts";
import { isPortFree } from "./embedded/port.ts";
import { type Program, programOf, type Runtime } from "./runtime.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Serves an application until SIGINT or SIGTERM arrives. Without DATABASE_URL it starts the embedded
 * PostgreSQL first, with the data in `.rowhouse` of the working folder, and stops it at the end. It migrates the tenants
 * of an application whose migrations TENANT_MIGRATIONS names, at the start and whenever one is added.
 * @param reset deletes the data of an earlier start
 * @throws {AdminError} when a port is in use, a package is missing, or the application ends by itself
 */
export async function develop(
  runtime: Runtime,
  application: Application,
  env: NodeJS.ProcessEnv,
  reset = false,
): Promise<void> {
  const { DEV_DATABASE_PORT, TENANT_MIGRATIONS } = readAdminConfig(env);
  const { PORT } = readVariables({ PORT: NODE_VARIABLES.PORT }, env);
  if (!(await isPortFree(PORT))) {
    throw new AdminError(`Cannot listen: port ${PORT} on 127.0.0.1 is in use; set PORT to another`);
  }
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  for (const name of SIGNALS) process.on(name, interrupt);
  process.stdout.on("error", () => {});
  try {
    if (env["DATABASE_URL"]) {
      process.stdout.write(
        "DATABASE_URL is set: serving from that database, without the embedded PostgreSQL\n",
      );
      await serve(programOf(runtime, PORT, env, application), "", interruption.signal);
      return;
    }
    const demonstration = await startDemonstration({
      folder: join(process.cwd(), ".rowhouse"),
      databasePort: DEV_DATABASE_PORT,
      servicePort: PORT,
      tenantMigrations: TENANT_MIGRATIONS,
      reset,
    });
    let following: Following | undefined;
    try {
      if (TENANT_MIGRATIONS !== undefined) {
        const { adminUrl } = demonstration;
        following = followMigrations({ folder: TENANT_MIGRATIONS, adminUrl, env });
      }
      if (demonstration.isOld) await following?.migrate();
      const program = programOf(
        runtime,
        PORT,
        { ...env, DATABASE_URL: demonstration.databaseUrl },
        application,
      );
      const isExample = application.folder === findExample(runtime)?.folder;
      if (!interruption.signal.aborted) {
        const greeting = welcome(PORT, isExample, TENANT_MIGRATIONS);
        await serve(program, greeting, interruption.signal);
      }
    } finally {
      await following?.close();
      await demonstration.stop();
    }
  } finally {
    for (const name of SIGNALS) process.off(name, interrupt);
  }
}

/** Runs the runtime's program to its end; prints `greeting` once it serves. */
async function serve(program: Program, greeting: string, interruption: AbortSignal): Promise<void> {
  const child = spawn(program.file, program.parameters, {
    cwd: program.folder,
    env: program.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  const forward = (name: NodeJS.Signals): void => void child.kill(name);
  for (const name of SIGNALS) process.on(name, forward);
  try {
    passOutput(child, program.ready, greeting);
    const [status] = (await closed) as [number | null];
    if (status !== 0 && !interruption.aborted) {
      throw new AdminError(`Cannot serve: the service ended with status ${status}`);
    }
  } finally {
    for (const name of SIGNALS) process.off(name, forward);
  }
}

function passOutput(child: ChildProcess, ready: string, greeting: string): void {
  let output = "";
  const pass = (from: NodeJS.ReadableStream | null, to: NodeJS.WritableStream): void => {
    from?.setEncoding("utf8").on("data", (text: string) => {
      to.write(text);
      if (output.includes(ready)) return;
      output += text;
      if (output.includes(ready)) process.stdout.write(greeting);
    });
  };
  pass(child.stdout, process.stdout);
  pass(child.stderr, process.stderr);
}

function welcome(port: number, isExample: boolean, migrations: string | undefined): string {
  const commands = isExample
    ? [
        `curl -X POST http://127.0.0.1:${port}/data/insert/42/8675309`,
        `curl http://127.0.0.1:${port}/data/get/42`,
        `curl http://localhost:${port}/data/get/42`,
      ]
    : [`curl http://127.0.0.1:${port}/`, `curl http://localhost:${port}/`];
  return `
Two tenants, each with its own schema: "ip" at 127.0.0.1:${port} and "local" at localhost:${port}. Try:

${commands.map((command) => `  ${command}`).join("\n")}

${migrations === undefined ? "" : `A migration that you add to ${migrations} is applied to both.\n`}Ctrl-C stops the service and its PostgreSQL; the data stays in .rowhouse/

`;
}
