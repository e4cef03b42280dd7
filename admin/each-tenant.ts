// node admin/each-tenant.js --sql "…": runs one SQL command in each tenant.

import { text as readAll } from "node:stream/consumers";
import process from "node:process";
import { runVerb } from "./command/command.ts";
import type { Call, Report } from "./command/verb.ts";
import { SHARED } from "./command/options.ts";
import { summarise } from "./command/summary.ts";
import { formatCount } from "./print/count.ts";
import { UsageError } from "./command/usage-error.ts";
import { findCommandProblem, needsNoTransaction } from "./each-tenant/maintenance.ts";
import { planEach } from "./each-tenant/plan.ts";
import { type GrowingTable, startTable, toObjects } from "./each-tenant/rows.ts";
import type { Admin } from "./library/contract/contract.ts";
import type { EachOptions, EachOutcome } from "./library/contract/many.ts";
import { reportEach } from "./report/each-database.ts";
import { withAdmin } from "./library/with-admin.ts";
import { CONCURRENCY } from "./batch/free-connections.ts";
import { toOneLine } from "./print/visible.ts";

const MAX_ROWS = 10_000;
const MAX_CHARACTERS = 16 * 2 ** 20;
const KEEP = { rows: MAX_ROWS, characters: MAX_CHARACTERS };
const AS_OWNER =
  "As the owner of each schema: privileges and row policies do not limit the command";

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
    database: SHARED["only-database"],
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
    const timeoutMs = call.integer("timeout", 1, 86_400_000);
    const concurrency = call.integer("concurrency", CONCURRENCY.min, CONCURRENCY.max);
    const maxFailures = call.integer("max-failures", 1, 1_000_000) ?? Infinity;
    const asOwner = call.has("as-owner");
    const text = await readCommand(call.text("sql"));
    const problem = findCommandProblem(text, { write, asOwner });
    if (problem !== undefined) throw new UsageError(`--sql ${problem}`);
    const scope = { only: call.text("database"), tenants: call.text("tenants") };
    const where = call.texts("where");
    const wanted = { write, asOwner, timeoutMs, concurrency, maxFailures, where };
    return withAdmin(call, (admin) =>
      reportEach(call, admin, scope, (marked, share) =>
        call.has("plan")
          ? call.withRegistry(async (home) => {
              const { findDatabase } = await import("./databases/find.ts");
              const registry = await findDatabase(home, share.database);
              return planEach(registry, { tenants: share.tenants, where }, write);
            })
          : runEach(marked, admin, text, { ...wanted, ...share }),
      ),
    );
  },
});

async function runEach(
  call: Pick<Call, "print" | "meter" | "interruption">,
  admin: Admin,
  text: string,
  options: EachOptions & { readonly write: boolean; readonly asOwner: boolean },
): Promise<Report> {
  const { write, asOwner } = options;
  const isOutside = asOwner && needsNoTransaction(text);
  const meter = call.meter("tenants");
  let table = startTable(0);
  const run = admin.eachTenant(text, {
    ...options,
    keep: KEEP,
    signal: call.interruption(),
    onStart(names) {
      meter.expect(names.length);
      table = startTable(Math.max(0, ...names.map(({ length }) => length)));
      if (asOwner) call.print(AS_OWNER, undefined);
    },
  });
  for await (const outcome of run) {
    meter.add(1, outcome.outcome === "failed" ? 1 : 0);
    const { lines, json } = describe(outcome, table, asOwner);
    call.print(lines.length > 0 ? lines.join("\n") : undefined, json);
  }
  const { ran, failed, left, skipped } = await run.finish();
  return summarise({
    head:
      `Ran ${asOwner ? "as the owner " : ""}in ${formatCount(ran, "tenant")}` +
      (isOutside ? ", outside a transaction" : write ? ", and committed" : ", read-only"),
    counts: { failed, "not started": left, skipped },
    done: ran,
    undone: failed + left,
    json: { ran, failed, left, skipped, write, ...(asOwner ? { as: "owner" } : {}) },
  });
}

async function readCommand(given: string | undefined): Promise<string> {
  if (given === undefined) throw new UsageError("it needs --sql");
  return given === "-" ? readAll(process.stdin) : given;
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
    const message = toOneLine(outcome.message, "; ");
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
