// node admin/resume-tenant.js SCHEMA: ends a tenant's suspension.

import { reportChange } from "./lifecycle/changed.ts";
import { runVerb } from "./command/command.ts";
import { resumeTenant } from "./lifecycle/status.ts";
import { parseSchemaName } from "./registry/schema-name.ts";

await runVerb({
  name: "resume-tenant",
  about: "Ends a tenant's suspension and restores the status that it had before.",
  operands: ["SCHEMA"],
  options: {},
  example: "acme",
  async run(call) {
    const schemaName = parseSchemaName(call.operands[0]);
    const changed = await call.withRegistry((registry) => resumeTenant(registry, schemaName));
    return reportChange("Resumed", changed);
  },
});
