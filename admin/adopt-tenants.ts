// node admin/adopt-tenants.js [FILE]: makes tenants of schemas that exist already, with their rows.

import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import { summarise } from "./command/summary.ts";
import { UsageError } from "./command/usage-error.ts";
import type { Call, Report } from "./command/verb.ts";
import { findPatternProblem, parseItems } from "./adopt/pattern.ts";
import { CONCURRENCY } from "./batch/free-connections.ts";
import type { Admin } from "./library/contract/contract.ts";
import type { AdoptionOptions, AdoptionSource } from "./library/contract/many.ts";
import { withAdmin } from "./library/with-admin.ts";
import { formatCount } from "./print/count.ts";
import { FORMAT_OPTION, parseFormat, readTenantFile } from "./tenant-list/file.ts";

const OPTIONS = {
  plan: { type: "boolean", about: "Print what would change for each schema, and change nothing" },
  schemas: { type: "string", value: "LIST", about: "Schemas by name, as in a,b,tenant_*" },
  host: {
    type: "string",
    multiple: true,
    value: "TEMPLATE",
    about: "Host of each of them: {schema} is its name, {*} what the * of --schemas stands for",
  },
  query: {
    type: "string",
    value: "SQL",
    about: "A query for host and schema, run read-only; a schema may be in several rows",
  },
  format: FORMAT_OPTION,
  version: {
    type: "string",
    value: "NAME|N",
    about: "Their version of your migrations; found by comparing their tables when left out",
  },
  "skip-refused": { type: "boolean", about: "Adopt the others when some are refused" },
  database: SHARED.database,
  concurrency: SHARED.concurrency,
} as const;

type AdoptCall = Call<readonly ["[FILE]"], typeof OPTIONS>;

await runVerb({
  name: "adopt-tenants",
  about:
    "Makes tenants of schemas that exist already, made by any other framework or by hand: a registry row, a role, " +
    "grants and hosts. Rows, owners and the grants of others stay, and the old application goes on. FILE lists hosts " +
    "and schemas as for add-tenants; instead of it, --schemas or --query does. It checks all of them before it " +
    "changes one, and can be run again.",
  operands: ["[FILE]"],
  options: OPTIONS,
  example: "--schemas 'tenant_*' --host '{*}.example.com' --plan",
  async run(call) {
    const concurrency = call.integer("concurrency", CONCURRENCY.min, CONCURRENCY.max);
    const source = chooseSource(call);
    const choice = { version: call.text("version"), database: call.text("database") };
    return withAdmin(call, (admin) =>
      call.has("plan")
        ? reportPlan(call, admin, source, choice)
        : adopt(call, admin, source, { ...choice, concurrency }),
    );
  },
});

/** Returns what lists the schemas. */
function chooseSource(call: AdoptCall): AdoptionSource {
  const [file] = call.operands;
  const [schemas, query, hosts] = [call.text("schemas"), call.text("query"), call.texts("host")];
  if ([file, schemas, query].filter((text) => text !== undefined).length !== 1) {
    throw new UsageError("it takes one of FILE, --schemas and --query");
  }
  if (schemas === undefined && hosts.length > 0) throw new UsageError("--host goes with --schemas");
  if (file !== undefined) {
    return { lines: readTenantFile(file, parseFormat(call.text("format"))) };
  }
  if (query !== undefined) return { query };
  const named = { schemas: "--schemas", hosts: "--host" };
  // Wrong usage ends the verb before it connects.
  const isHome = !call.has("database");
  const pattern = { items: parseItems(schemas ?? ""), templates: hosts, isHome };
  const problem = findPatternProblem(pattern, named);
  if (problem !== undefined) throw new UsageError(problem);
  return { schemas: schemas ?? "", hosts };
}

async function reportPlan(
  call: AdoptCall,
  admin: Admin,
  source: AdoptionSource,
  choice: Pick<AdoptionOptions, "version" | "database">,
): Promise<Report> {
  const { describeRefused } = await import("./adopt/lines.ts");
  const plan = await admin.planAdoption(source, choice);
  const { adoptable, existing, refused, lines, notices, grants } = plan;
  for (const one of refused) call.print(describeRefused(one), one);
  for (const [index, tenant] of adoptable.entries()) call.print(lines[index], tenant);
  return summarise({
    head: `Would adopt ${formatCount(adoptable.length, "tenant")}; nothing was changed`,
    counts: { "exist already": existing, refused: refused.length },
    done: adoptable.length + existing,
    undone: refused.length,
    advice: [...notices, ...(adoptable.some(({ isTenant }) => isTenant !== true) ? [grants] : [])],
    json: { plan: true, adoptable: adoptable.length, existing, refused: refused.length },
  });
}

async function adopt(
  call: AdoptCall,
  admin: Admin,
  source: AdoptionSource,
  options: Pick<AdoptionOptions, "version" | "database" | "concurrency">,
): Promise<Report> {
  let started = 0;
  const meter = call.meter("tenants");
  const run = admin.adoptTenants(source, {
    ...options,
    skipRefused: call.has("skip-refused"),
    signal: call.interruption(),
    onStart(names) {
      started = performance.now();
      meter.expect(names.length);
    },
  });
  const { describeRefused } = await import("./adopt/lines.ts");
  for await (const outcome of run) {
    if (outcome.outcome === "refused") {
      call.print(describeRefused(outcome), outcome);
      continue;
    }
    const isFailed = outcome.outcome === "failed";
    const { line, schemaName, message = "" } = outcome;
    call.print(isFailed ? `Failed line ${line}, ${schemaName}: ${message}` : undefined, outcome);
    meter.add(1, isFailed ? 1 : 0);
  }
  const { adopted, existing, refused, failed, left, notices } = await run.finish();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  return summarise({
    head: `Adopted ${formatCount(adopted, "tenant")} in ${seconds} s`,
    counts: {
      "existed already": existing,
      refused,
      failed,
      "not started; run again to continue": left,
    },
    done: adopted + existing,
    undone: refused + failed + left,
    advice: notices,
    json: { adopted, existing, refused, failed, left },
  });
}
