// node admin/repair.js SCHEMA: restores missing parts of a tenant, or of all tenants that a list or a pattern names.

import { commandFor } from "./program/form.ts";
import { runVerb } from "./command/command.ts";
import { summarise } from "./command/summary.ts";
import type { Call, Report } from "./command/verb.ts";
import type { Admin } from "./library/contract/contract.ts";
import { withAdmin } from "./library/with-admin.ts";
import { reportEach } from "./report/each-database.ts";
import { formatCount } from "./print/count.ts";
import { parseSchemaName } from "./registry/tenants/schema-name.ts";

await runVerb({
  name: "repair",
  about:
    "Repairs a tenant: its role, the service role's membership, and the grants. It prints each step, then does " +
    "all of them in one transaction. It only reports what a person must judge: drift, and excess privileges. " +
    'SCHEMA may be a list or a pattern, as in a,b,shop_* or "*": it then repairs each tenant that lacks something.',
  operands: ["SCHEMA"],
  options: {
    plan: { type: "boolean", about: "Print the steps, and change nothing" },
    "empty-schema": {
      type: "boolean",
      about: "Create a missing schema again, with empty tables: its former data is lost",
    },
  },
  example: "acme --plan",
  async run(call) {
    const [list] = call.operands;
    const plan = call.has("plan");
    if (/[*,]/.test(list)) return repairMany(call, list);
    const schemaName = parseSchemaName(list);
    const { steps, told } = await withAdmin(call, (admin) =>
      admin.repairTenant(schemaName, {
        plan,
        emptySchema: call.has("empty-schema"),
        onStep: (step) => call.print(`${plan ? "Would" : "Will"} ${step}`, { step, plan }),
      }),
    );
    const done =
      steps.length === 0
        ? `Nothing to repair: tenant "${schemaName}" has its schema, its role and its grants`
        : plan
          ? `Nothing was changed: run without --plan to do this to tenant "${schemaName}"`
          : `Repaired tenant "${schemaName}"`;
    return {
      lines: [...told.map((problem) => `Needs your decision: ${problem}`), done],
      json: { schemaName, plan, steps, told },
      status: told.length > 0 ? 3 : 0,
    };
  },
});

function repairMany(call: Call, list: string): Promise<Report> {
  return withAdmin(call, (admin) =>
    reportEach(call, admin, { only: undefined, tenants: list }, (marked, { database, tenants }) =>
      repairThere(marked, admin, tenants ?? list, database),
    ),
  );
}

async function repairThere(
  call: Call,
  admin: Admin,
  list: string,
  database: string | undefined,
): Promise<Report> {
  const plan = call.has("plan");
  const done = plan ? "Would" : "Did";
  const options = { plan, emptySchema: call.has("empty-schema"), database };
  let told = 0;
  const run = admin.repairTenants(list, { ...options, signal: call.interruption() });
  for await (const tenant of run) {
    const { schemaName } = tenant;
    if (tenant.outcome === "failed") {
      call.print(`Failed ${schemaName}: ${tenant.message}`, tenant);
      continue;
    }
    told += tenant.left.length;
    const lines = [
      ...tenant.steps.map((step) => `${schemaName}: ${done} ${step}`),
      ...tenant.left.map((problem) => `${schemaName}: Needs your decision: ${problem}`),
    ];
    call.print(lines.join("\n"), tenant);
  }
  const { repaired, failed, well, left } = await run.finish();
  return summarise({
    head: `${plan ? "Would repair" : "Repaired"} ${formatCount(repaired, "tenant")}`,
    counts: { failed, "not started": left, "already in order": well },
    done: repaired + well,
    undone: failed + left + told,
    advice: [`To see drift and excess privileges, run ${commandFor("status")}`],
    json: { repaired, failed, left, well, plan },
  });
}
