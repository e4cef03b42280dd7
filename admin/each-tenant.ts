// node admin/each-tenant.js --sql "…": runs one SQL command in each tenant.

import { text as readAll } from "node:stream/consumers";
import process from "node:process";
import { runVerb } from "./command/command.ts";
import { withAdminRegistry } from "./command/config.ts";
import { formatCount } from "./print/count.ts";
import { UsageError } from "./command/usage-error.ts";
import type { Call, Report } from "./command/verb.ts";
import { isTransactionControl, skipToCommand } from "./each-tenant/command.ts";
import { type EachSummary, runInEach } from "./each-tenant/each-tenant.ts";
import type { TenantCommand } from "./each-tenant/run-in-tenant.ts";
import { startTable, toObjects } from "./each-tenant/rows.ts";
import { readInstallation } from "./registry/installation.ts";
import type { Registry } from "./registry/registry.ts";
import { pickTenants } from "./registry/tenant-pattern.ts";
import { CONCURRENCY, defaultConcurrency } from "./batch/free-connections.ts";

const MAX_ROWS = 10_000;
const MAX_CHARACTERS = 16 * 2 ** 20;

await runVerb({
  name: "each-tenant",
  about:
    "Runs one SQL command in each tenant, suspended ones included, as the tenant's own role (as the admin role " +
    `where tenants have none), in a transaction each that is read-only unless --write is given. Of a tenant's ` +
    `rows it keeps the first ${MAX_ROWS}, and ${MAX_CHARACTERS / 2 ** 20} MB, and says so.`,
  operands: [],
  options: {
    sql: { type: "string", value: "SQL", about: "The command; - reads it from standard input" },
    tenants: { type: "string", value: "LIST", about: "Only these, as in a,b,shop_*" },
    write: { type: "boolean", about: "Let it write, and commit it in each tenant" },
    timeout: {
      type: "string",
      value: "MS",
      about: "How long it may run in each; the tenant's own statement timeout when left out",
    },
    concurrency: {
      type: "string",
      value: "N",
      about: "Tenants at once; by the free connections when left out",
    },
    "max-failures": { type: "string", value: "N", about: "Begin no more once so many have failed" },
  },
  example: '--sql "select count(*) from data" --tenants "shop_*"',
  async run(call) {
    const write = call.has("write");
    const timeoutMs = call.integer("timeout", 1, 86_400_000);
    const options = {
      concurrency: call.integer("concurrency", CONCURRENCY.min, CONCURRENCY.max),
      maxFailures: call.integer("max-failures", 1, 1_000_000) ?? Infinity,
    };
    const text = await readCommand(call);
    return withAdminRegistry(call.env, async (registry) => {
      const { tenantRoles } = await registry.sequelize.transaction((transaction) =>
        readInstallation(transaction),
      );
      const keep = { rows: MAX_ROWS, characters: MAX_CHARACTERS };
      return run(call, registry, { text, write, timeoutMs, keep, tenantRoles }, options);
    });
  },
});

async function readCommand(call: Call): Promise<string> {
  const given = call.text("sql");
  if (given === undefined) throw new UsageError("it takes --sql");
  const text = given === "-" ? await readAll(process.stdin) : given;
  if (skipToCommand(text) === "") throw new UsageError("--sql is empty");
  if (isTransactionControl(text)) {
    throw new UsageError(
      "--sql begins or ends a transaction: each tenant has one of its own around the command",
    );
  }
  return text;
}

async function run(
  call: Call,
  registry: Registry,
  command: TenantCommand,
  options: { readonly concurrency: number | undefined; readonly maxFailures: number },
): Promise<Report> {
  const all = await registry.Tenant.findAll({ attributes: ["schemaName"], order: ["schemaName"] });
  const names = pickTenants(all, call.text("tenants")).map(({ schemaName }) => schemaName);
  const table = startTable(names.reduce((width, name) => Math.max(width, name.length), 0));
  const progress = call.track(names.length, "tenants");
  const summary = await runInEach(registry, names, command, {
    concurrency: options.concurrency ?? (await defaultConcurrency(registry)),
    maxFailures: options.maxFailures,
    signal: call.interruption(),
    report(outcome) {
      const { schemaName } = outcome;
      progress.step(outcome.outcome === "failed");
      if (outcome.outcome === "skipped") {
        return call.print(`Skipped ${schemaName}: ${outcome.reason}`, outcome);
      }
      if (outcome.outcome === "failed") {
        const state = outcome.sqlstate === undefined ? "" : ` (SQLSTATE ${outcome.sqlstate})`;
        return call.print(
          `Failed ${schemaName}: ${outcome.message.replaceAll(/\s*\n\s*/g, "; ")}${state}`,
          outcome,
        );
      }
      const { result } = outcome;
      const { command: tag, rowCount, rows } = result;
      const truncated = result.columns.length > 0 && rows.length < rowCount;
      const lines = [...table.add(schemaName, result)];
      if (truncated) lines.push(`Of ${schemaName}, ${rows.length} of ${rowCount} rows are shown`);
      const json = { schemaName, command: tag, rowCount, truncated, rows: toObjects(result) };
      call.print(lines.length > 0 ? lines.join("\n") : undefined, json);
    },
  });
  return report(summary, command.write);
}

function report({ ran, skipped, failed, left }: EachSummary, write: boolean): Report {
  const parts = [
    `Ran in ${formatCount(ran, "tenant")}${write ? ", and committed" : ", read-only"}`,
    failed > 0 ? `${failed} failed` : "",
    left > 0 ? `${left} not begun` : "",
    skipped > 0 ? `${skipped} skipped` : "",
  ].filter((part) => part !== "");
  return {
    lines: [parts.join("; ")],
    json: { ran, failed, left, skipped, write },
    status: failed + left === 0 ? 0 : ran > 0 ? 3 : 1,
  };
}
