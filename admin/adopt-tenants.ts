// node admin/adopt-tenants.js [FILE]: makes tenants of schemas that exist already, with their rows.

import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import { summarise } from "./command/summary.ts";
import { UsageError } from "./command/usage-error.ts";
import type { Call, Report } from "./command/verb.ts";
import { adoptTenants } from "./adopt/adopt-tenants.ts";
import {
  describeAdoptable,
  describeGrants,
  describeNotices,
  describeRefused,
} from "./adopt/lines.ts";
import { listByPattern, parseSchemaPattern } from "./adopt/pattern.ts";
import { type AdoptionPlan, planAdoption, type TenantList } from "./adopt/plan.ts";
import { listByQuery } from "./adopt/query.ts";
import { parseAdoptedName } from "./adopt/schema-name.ts";
import { CONCURRENCY, defaultConcurrency } from "./batch/free-connections.ts";
import { formatCount } from "./print/count.ts";
import { AdminError } from "./registry/admin-error.ts";
import type { Registry } from "./registry/registry.ts";
import { checkTenants } from "./tenant-list/check.ts";
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
    const readList = chooseList(call);
    return call.withRegistry(async (registry) => {
      const plan = await planAdoption(registry, await readList(registry), call.text("version"));
      for (const refused of plan.refused) call.print(describeRefused(refused), refused);
      if (call.has("plan")) return reportPlan(call, plan);
      if (plan.refused.length > 0 && !call.has("skip-refused")) {
        throw new AdminError(
          `Cannot adopt tenants: ${plan.refused.length} of ${count(plan)} are refused; nothing was changed, ` +
            "correct them, or adopt the others with --skip-refused",
        );
      }
      return adopt(call, registry, plan, concurrency ?? (await defaultConcurrency(registry)));
    });
  },
});

/** Returns how to read the list. */
function chooseList(call: AdoptCall): (registry: Registry) => Promise<TenantList> {
  const [file] = call.operands;
  const [schemas, query, hosts] = [call.text("schemas"), call.text("query"), call.texts("host")];
  if ([file, schemas, query].filter((text) => text !== undefined).length !== 1) {
    throw new UsageError("it takes one of FILE, --schemas and --query");
  }
  if (schemas === undefined && hosts.length > 0) throw new UsageError("--host goes with --schemas");
  if (file !== undefined) {
    const lines = readTenantFile(file, parseFormat(call.text("format")));
    return () => checkTenants(lines, parseAdoptedName);
  }
  if (query !== undefined) {
    return async ({ url }) => checkTenants(await listByQuery(url, query), parseAdoptedName);
  }
  const pattern = parseSchemaPattern(schemas ?? "", hosts);
  return async (registry) => checkTenants(await listByPattern(registry, pattern), parseAdoptedName);
}

function count({ adoptable, existing, refused }: AdoptionPlan): number {
  return adoptable.length + existing.length + refused.length;
}

function reportPlan(call: AdoptCall, plan: AdoptionPlan): Report {
  const { adoptable, existing, refused, creation } = plan;
  for (const tenant of adoptable) {
    call.print(describeAdoptable(tenant, creation.migrations), tenant);
  }
  return summarise({
    head: `Would adopt ${formatCount(adoptable.length, "tenant")}; nothing was changed`,
    counts: { "exist already": existing.length, refused: refused.length },
    done: adoptable.length + existing.length,
    undone: refused.length,
    advice: [
      ...describeNotices(plan, creation.migrations),
      ...(adoptable.length > 0 ? [describeGrants(plan)] : []),
    ],
    json: {
      plan: true,
      adoptable: adoptable.length,
      existing: existing.length,
      refused: refused.length,
    },
  });
}

async function adopt(
  call: AdoptCall,
  registry: Registry,
  plan: AdoptionPlan,
  concurrency: number,
): Promise<Report> {
  const started = performance.now();
  const meter = call.meter("tenants");
  meter.expect(plan.adoptable.length + plan.existing.length);
  const { adopted, existing, failed, left } = await adoptTenants(registry, plan, {
    concurrency,
    signal: call.interruption(),
    report(outcome) {
      const isFailed = outcome.outcome === "failed";
      const { line, schemaName, message = "" } = outcome;
      call.print(isFailed ? `Failed line ${line}, ${schemaName}: ${message}` : undefined, outcome);
      meter.add(1, isFailed ? 1 : 0);
    },
  });
  const refused = plan.refused.length;
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
    advice: describeNotices(plan, plan.creation.migrations),
    json: { adopted, existing, refused, failed, left },
  });
}
