// node admin/repair.js SCHEMA: mends what a tenant lacks.

import { runVerb } from "./command/command.ts";
import { repairTenant } from "./inspect/repair-tenant.ts";
import { parseSchemaName } from "./registry/schema-name.ts";

await runVerb({
  name: "repair",
  about:
    "Mends a tenant: its role, the service role's membership, and the grants; says what it will do, then " +
    "does it in one transaction. What only a person can judge is told: drift, and privileges too many.",
  operands: ["SCHEMA"],
  options: {
    plan: { type: "boolean", about: "Print what would be done, and change nothing" },
    "empty-schema": {
      type: "boolean",
      about: "Make a missing schema anew, with empty tables: what was in it is lost",
    },
  },
  example: "acme --plan",
  async run(call) {
    const schemaName = parseSchemaName(call.operands[0]);
    const plan = call.has("plan");
    const { steps, told } = await call.withRegistry((registry) =>
      repairTenant(registry, schemaName, {
        plan,
        emptySchema: call.has("empty-schema"),
        announce: (step) => call.print(`${plan ? "Would" : "Will"} ${step}`, { step, plan }),
      }),
    );
    const done =
      steps.length === 0
        ? `Nothing to repair: tenant "${schemaName}" has its schema, its role and its grants`
        : plan
          ? `Nothing was changed: run without --plan to do this to tenant "${schemaName}"`
          : `Repaired tenant "${schemaName}"`;
    return {
      lines: [...told.map((problem) => `Left to you: ${problem}`), done],
      json: { schemaName, plan, steps, told },
      status: told.length > 0 ? 3 : 0,
    };
  },
});
