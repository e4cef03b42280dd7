// node admin/dev.js (npm run dev): runs the service and its database on one machine. Without DATABASE_URL it starts the
// embedded PostgreSQL and adds the two demonstration tenants. Ctrl-C ends both.

import process from "node:process";
import { runVerb } from "./command/command.ts";
import { withSecrets } from "./command/environment/config.ts";
import { requirePackages } from "./command/environment/packages.ts";
import { UsageError } from "./command/usage-error.ts";
import { findApplication, RUNTIMES } from "./development/application.ts";
import { EMBEDDED_POSTGRES } from "./development/embedded/binaries.ts";
import { packagesOf } from "./development/runtime.ts";
import { AdminError } from "./registry/admin-error.ts";

await runVerb({
  name: "dev",
  about:
    "Serves an application on one machine; in the repository of Rowhouse, its demonstration. Without DATABASE_URL " +
    "it starts its own PostgreSQL on DEV_DATABASE_PORT, keeps the data in .rowhouse/, and creates two tenants " +
    "with the tables of TENANT_MIGRATIONS. When a migration is added there, it migrates them. " +
    "When the code beside the entry changes, it starts the application again.",
  operands: [],
  options: {
    runtime: { type: "string", value: "NAME", about: `One of ${RUNTIMES.join(", ")}` },
    entry: { type: "string", value: "FILE", about: "The file that starts your application" },
    reset: { type: "boolean", about: "Delete the data of earlier starts, and create the tenants" },
  },
  example: "--runtime deno",
  async run(call) {
    const name = call.text("runtime") ?? "node";
    const runtime = RUNTIMES.find((known) => known === name);
    if (runtime === undefined) {
      throw new AdminError(
        `Cannot serve on "${name}": the runtime must be one of ${RUNTIMES.join(", ")}`,
      );
    }
    const application = findApplication(runtime, process.cwd(), call.text("entry"));
    const env = { ...withSecrets(call.env) };
    const database = env["DATABASE_URL"] ? [] : [EMBEDDED_POSTGRES];
    if (env["DATABASE_URL"] && call.has("reset")) {
      throw new UsageError("--reset is for the embedded PostgreSQL, and DATABASE_URL is set");
    }
    requirePackages("dev", [...database, ...packagesOf(runtime)]);
    const { develop } = await import("./development/develop.ts");
    await develop(runtime, application, env, call.has("reset"));
    return { lines: ["Stopped"], json: { runtime, stopped: true } };
  },
});
