// node admin/add-tenants.js FILE: creates the tenants that a file lists.

import { createReadStream } from "node:fs";
import process from "node:process";
import { runVerb } from "./command/command.ts";
import { withAdminRegistry } from "./command/config.ts";
import { formatCount } from "./print/count.ts";
import { UsageError } from "./command/usage-error.ts";
import type { Call, Report } from "./command/verb.ts";
import { checkTenants } from "./create-many/check.ts";
import { createTenants, type IntakeSummary } from "./create-many/create-tenants.ts";
import { type Format, readTenantLines } from "./create-many/lines.ts";
import { AdminError } from "./registry/admin-error.ts";
import { CONCURRENCY, defaultConcurrency } from "./batch/free-connections.ts";

await runVerb({
  name: "add-tenants",
  about:
    "Creates the tenants that a file lists, or standard input with - for the file: CSV with the header " +
    'host,schema, or a JSON object a line, {"host":"acme.example","schema":"acme"}, with "hosts" for several. ' +
    "Every line is checked before the first is created. What is there already counts as done: run it again.",
  operands: ["FILE"],
  options: {
    format: {
      type: "string",
      value: "csv|ndjson",
      about: "What the file is; by its first character when left out",
    },
    concurrency: {
      type: "string",
      value: "N",
      about: "Tenants at once; by the free connections when left out",
    },
  },
  example: "tenants.csv",
  async run(call) {
    const concurrency = call.integer("concurrency", CONCURRENCY.min, CONCURRENCY.max);
    const { tenants, problems } = await read(call.operands[0] ?? "", parseFormat(call));
    for (const { line, problem } of problems) {
      call.print(`Line ${line}: ${problem}`, { line, problem });
    }
    if (problems.length > 0) {
      throw new AdminError(
        `Cannot add tenants: ${problems.length} problems in the file; nothing was created, mend it and run again`,
      );
    }
    return withAdminRegistry(call.env, async (registry) => {
      const started = performance.now();
      const progress = call.track(tenants.length, "tenants");
      const summary = await createTenants(registry, tenants, {
        concurrency: concurrency ?? (await defaultConcurrency(registry)),
        signal: call.interruption(),
        report(outcome) {
          const failed = outcome.outcome === "failed";
          const { line, schemaName, message = "" } = outcome;
          call.print(
            failed ? `Failed line ${line}, ${schemaName}: ${message}` : undefined,
            outcome,
          );
          progress.step(failed);
        },
      });
      return report(summary, (performance.now() - started) / 1000);
    });
  },
});

function parseFormat(call: Call): Format | undefined {
  const text = call.text("format");
  if (text === undefined || text === "csv" || text === "ndjson") return text;
  throw new UsageError(`--format ${JSON.stringify(text)} is neither csv nor ndjson`);
}

async function read(file: string, format: Format | undefined): ReturnType<typeof checkTenants> {
  const source = file === "-" ? process.stdin : createReadStream(file);
  try {
    return await checkTenants(readTenantLines(source.setEncoding("utf8"), format));
  } catch (error) {
    const code: unknown = Reflect.get(Object(error), "code");
    if (typeof code !== "string") throw error;
    throw new AdminError(
      `Cannot read ${JSON.stringify(file)}: ${code}; give a file that can be read`,
    );
  }
}

function report({ added, existing, failed, left }: IntakeSummary, seconds: number): Report {
  const parts = [
    `Added ${formatCount(added, "tenant")} in ${seconds.toFixed(1)} s`,
    existing > 0 ? `${existing} there already` : "",
    failed > 0 ? `${failed} failed` : "",
    left > 0 ? `${left} not begun; run again to go on` : "",
  ].filter((part) => part !== "");
  return {
    lines: [parts.join("; ")],
    json: { added, existing, failed, left },
    status: failed + left === 0 ? 0 : added + existing > 0 ? 3 : 1,
  };
}
