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
    `where tenants have none), in a transaction each that is read-only unless --write is given. Of a tenant's ` +
    `rows it keeps the first ${MAX_ROWS}, and ${MAX_CHARACTERS / 2 ** 20} MB, and says so. With --as-owner it does ` +
    "what only an owner may, such as REFRESH MATERIALIZED VIEW or VACUUM, outside a transaction where that is needed.",
  operands: [],
  options: {
    sql: { type: "string", value: "SQL", about: "The command; - reads it from standard input" },
    tenants: SHARED.tenants,
    write: { type: "boolean", about: "Let it write, and commit it in each tenant" },
    "as-owner": {
      type: "boolean",
      about: "As the owner of each schema: no privilege and no row policy limits the command",
    },
    timeout: {
      type: "string",
      value: "MS",
      about: "How long it may run in each; the tenant's own statement timeout when left out",
    },
    concurrency: SHARED.concurrency,
    "max-failures": SHARED["max-failures"],
  },
  example: '--sql "select count(*) from data" --tenants "shop_*"',
  async run(call) {
    const write = call.has("write");
    const timeoutMs = call.integer("timeout", 1, 86_400_000);
    const concurrency = call.integer("concurrency", CONCURRENCY.min, CONCURRENCY.max);
    const maxFailures = call.integer("max-failures", 1, 1_000_000) ?? Infinity;
    const text = await readCommand(call.text("sql"));
    const asOwner = call.has("as-owner");
    const isOutside = asOwner && needsNoTransaction(text);
    if (asOwner) requireOneTenant(text, write);
    return call.withRegistry(async (registry) => {
      const { tenantRoles } = await registry.sequelize.transaction(readInstallation);
      const order = ["schemaName"];
      const all = await registry.Tenant.findAll({ attributes: ["schemaName"], order });
      const names = pickTenants(all, call.text("tenants")).map(({ schemaName }) => schemaName);
      const table = startTable(names.reduce((width, name) => Math.max(width, name.length), 0));
      const keep = { rows: MAX_ROWS, characters: MAX_CHARACTERS };
      const meter = call.meter("tenants");
      meter.expect(names.length);
      const command = { text, write, timeoutMs, keep, tenantRoles, asOwner };
      if (asOwner) {
        call.print(
          "As the owner of each schema: no privilege and no row policy limits the command",
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
        counts: { failed, "not begun": left, skipped },
        done: ran,
        undone: failed + left,
        json: { ran, failed, left, skipped, write, ...(asOwner ? { as: "owner" } : {}) },
      });
    });
  },
});

/** What an owner's command may do is the tenant's alone. */
function requireOneTenant(text: string, write: boolean): void {
  if (isForWholeDatabase(text)) {
    throw new UsageError(
      "--sql names no table: it would work on the whole database, for each tenant",
    );
  }
  if (needsNoTransaction(text) && !write) {
    throw new UsageError("--sql writes, and cannot be limited to reading: give --write");
  }
}

async function readCommand(given: string | undefined): Promise<string> {
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
  if (truncated) lines.push(`Of ${schemaName}, ${rows.length} of ${rowCount} rows are shown`);
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
