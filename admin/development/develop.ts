// Serves an application on one machine, with its own PostgreSQL: one signal ends both.

import { join } from "node:path";
import process from "node:process";
import { NODE_VARIABLES } from "../../src/runtime/variables.ts";
import { readVariables } from "../../src/environment.ts";
import { readAdminConfig } from "../command/environment/config.ts";
import { AdminError } from "../registry/admin-error.ts";
import { type Application, findExample, type Runtime } from "./application.ts";
import { followMigrations, type Following } from "./follow-migrations.ts";
import { startDemonstration } from "./demonstration.ts";
import { isPortFree } from "./embedded/port.ts";
import { programOf } from "./runtime.ts";
import { findCode, serveProgram, SIGNALS } from "./serve.ts";

/**
 * Serves an application until SIGINT or SIGTERM arrives. Without DATABASE_URL it starts the embedded
 * PostgreSQL first, with the data in `.rowhouse` of the working folder, and stops it at the end. It migrates the tenants
 * of an application whose migrations TENANT_MIGRATIONS names, at the start and whenever one is added, and starts the
 * application again when its code changes.
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
  const code = findCode(runtime, application);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  for (const name of SIGNALS) process.on(name, interrupt);
  process.stdout.on("error", () => {});
  try {
    if (env["DATABASE_URL"]) {
      process.stdout.write(
        "DATABASE_URL is set: serving from that database; for the embedded PostgreSQL, " +
          "take it out of the environment or .env\n",
      );
      const program = programOf(runtime, PORT, env, application);
      await serveProgram(program, code, "", interruption.signal);
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
        await serveProgram(program, code, greeting, interruption.signal);
      }
    } finally {
      await following?.close();
      await demonstration.stop();
    }
  } finally {
    for (const name of SIGNALS) process.off(name, interrupt);
  }
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
