// node admin/each-tenant.js --sql "…": runs one SQL command in each tenant.

import { text as readAll } from "node:stream/consumers";
import process from "node:process";
import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import { summarise } from "./command/summary.ts";
import { formatCount } from "./print/count.ts";
import { UsageError } from "./command/usage-error.ts";
import { isTransactionControl, skipToCommand } from "./each-tenant/command.ts";
import { isForWholeDatabase, needsNoTransaction } from "./each-tenant/maintenance.ts";
import { type EachOutcome, runInEach } from "./each-tenant/each-tenant.ts";
import { planEach } from "./each-tenant/plan.ts";
import { type GrowingTable, startTable, toObjects } from "./each-tenant/rows.ts";
import { readInstallation } from "./registry/installation.ts";
import { pickTenants } from "./registry/tenant-pattern.ts";
import { CONCURRENCY, defaultConcurrency } from "./batch/free-connections.ts";

const MAX_ROWS = 10_000;
const MAX_CHARACTERS = 16 * 2 ** 20;

await runVerb({
  name: "each-tenant",
  about:
    "Runs one SQL command in each tenant, suspended ones included, as the tenant's own role (as the admin role " +
    `where tenants do not have roles). Each tenant has its own transaction, which is read-only without --write. ` +
    `It keeps at most ${MAX_ROWS} rows and ${MAX_CHARACTERS / 2 ** 20} MB of each tenant, and reports what it ` +
    "leaves out. With --as-owner it can run owner commands such as REFRESH MATERIALIZED VIEW or VACUUM, outside a " +
    "transaction where PostgreSQL requires it.",
  operands: [],
  options: {
    sql: { type: "string", value: "SQL", about: "The command; - reads it from standard input" },
    tenants: SHARED.tenants,
    where: SHARED.where,
    write: { type: "boolean", about: "Allow writes, and commit in each tenant" },
    "as-owner": {
      type: "boolean",
      about:
        "Run as the owner of each schema: privileges and row policies do not limit the command",
    },
    timeout: {
      type: "string",
      value: "MS",
      about: "Longest time per tenant; the tenant's own statement timeout when left out",
    },
    concurrency: SHARED.concurrency,
    "max-failures": SHARED["max-failures"],
    plan: { type: "boolean", about: "Print in which tenants it would run, and run nothing" },
  },
  example: '--sql "select count(*) from data" --tenants "shop_*"',
  async run(call) {
    const write = call.has("write");
    if (call.has("plan")) {
      await readCommand(call.text("sql"));
      const choice = { tenants: call.text("tenants"), where: call.texts("where") };
      return call.withRegistry((registry) => planEach(registry, choice, write));
    }
    const timeoutMs = call.integer("timeout", 1, 86_400_000);
    const concurrency = call.integer("concurrency", CONCURRENCY.min, CONCURRENCY.max);
    const maxFailures = call.integer("max-failures", 1, 1_000_000) ?? Infinity;
    const text = await readCommand(call.text("sql"));
    const asOwner = call.has("as-owner");
    const isOutside = asOwner && needsNoTransaction(text);
    if (asOwner) requireOneTenant(text, write);
    return call.withRegistry(async (registry) => {
      const { tenantRoles, sharedSchemas } = await registry.sequelize.transaction(readInstallation);
      const order = ["schemaName"];
      const all = await registry.Tenant.findAll({ attributes: ["schemaName"], order });
      const choice = { tenants: call.text("tenants"), where: call.texts("where") };
      const picked = await pickTenants(registry, all, choice);
      const names = picked.map(({ schemaName }) => schemaName);
      const table = startTable(names.reduce((width, name) => Math.max(width, name.length), 0));
      const keep = { rows: MAX_ROWS, characters: MAX_CHARACTERS };
      const meter = call.meter("tenants");
      meter.expect(names.length);
      const command = { text, write, timeoutMs, keep, tenantRoles, sharedSchemas, asOwner };
      if (asOwner) {
        call.print(
          "As the owner of each schema: privileges and row policies do not limit the command",
          undefined,
        );
      }
      const { ran, failed, left, skipped } = await runInEach(registry, names, command, {
        concurrency: concurrency ?? (await defaultConcurrency(registry)),
        maxFailures,
        signal: call.interruption(),
        report(outcome) {
          meter.add(1, outcome.outcome === "failed" ? 1 : 0);
          const { lines, json } = describe(outcome, table, asOwner);
          call.print(lines.length > 0 ? lines.join("\n") : undefined, json);
        },
      });
      return summarise({
        head:
          `Ran ${asOwner ? "as the owner " : ""}in ${formatCount(ran, "tenant")}` +
          (isOutside ? ", outside a transaction" : write ? ", and committed" : ", read-only"),
        counts: { failed, "not started": left, skipped },
        done: ran,
        undone: failed + left,
        json: { ran, failed, left, skipped, write, ...(asOwner ? { as: "owner" } : {}) },
      });
    });
  },
});

/** Rejects an owner's command that would reach beyond the tenant, or that writes without --write. */
function requireOneTenant(text: string, write: boolean): void {
  if (isForWholeDatabase(text)) {
    throw new UsageError(
      "--sql does not name a table: it would process the whole database once per tenant",
    );
  }
  if (needsNoTransaction(text) && !write) {
    throw new UsageError("--sql cannot run in a read-only transaction: add --write");
  }
}

async function readCommand(given: string | undefined): Promise<string> {
  if (given === undefined) throw new UsageError("it needs --sql");
  const text = given === "-" ? await readAll(process.stdin) : given;
  if (skipToCommand(text) === "") throw new UsageError("--sql is empty");
  if (isTransactionControl(text)) {
    throw new UsageError(
      "--sql must not begin or end a transaction: the verb runs the command in one transaction per tenant",
    );
  }
  return text;
}

function describe(
  outcome: EachOutcome,
  table: GrowingTable,
  asOwner: boolean,
): { readonly lines: readonly string[]; readonly json: unknown } {
  const { schemaName } = outcome;
  if (outcome.outcome === "skipped") {
    return { lines: [`Skipped ${schemaName}: ${outcome.reason}`], json: outcome };
  }
  if (outcome.outcome === "failed") {
    const state = outcome.sqlstate === undefined ? "" : ` (SQLSTATE ${outcome.sqlstate})`;
    const message = outcome.message.replaceAll(/\s*\n\s*/g, "; ");
    return { lines: [`Failed ${schemaName}: ${message}${state}`], json: outcome };
  }
  const { result } = outcome;
  const { command, rowCount, rows } = result;
  const truncated = result.columns.length > 0 && rows.length < rowCount;
  const lines = [...table.add(schemaName, result)];
  if (truncated) lines.push(`Shown of ${schemaName}: ${rows.length} of ${rowCount} rows`);
  return {
    lines,
    json: {
      schemaName,
      command,
      rowCount,
      truncated,
      rows: toObjects(result),
      ...(asOwner ? { as: "owner" } : {}),
    },
  };
}
