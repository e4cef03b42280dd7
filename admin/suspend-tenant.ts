// node admin/suspend-tenant.js SCHEMA: makes the service refuse every request of a tenant.

import { reportChange } from "./lifecycle/changed.ts";
import { runVerb } from "./command/command.ts";
import { suspendTenant } from "./lifecycle/status.ts";
import { parseSchemaName } from "./registry/schema-name.ts";

await runVerb({
  name: "suspend-tenant",
  about:
    "Makes the service refuse every request of a tenant, and waits until earlier messages have ended. Its data stays.",
  operands: ["SCHEMA"],
  options: {},
  example: "acme",
  async run(call) {
    const schemaName = parseSchemaName(call.operands[0]);
    const changed = await call.withRegistry((registry) => suspendTenant(registry, schemaName));
    return reportChange("Suspended", changed);
  },
});
