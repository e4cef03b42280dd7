// node admin/resume-tenant.js SCHEMA: ends a tenant's suspension.

import { reportChange } from "./lifecycle/changed.ts";
import { runVerb } from "./command/command.ts";
import { withAdmin } from "./library/with-admin.ts";

await runVerb({
  name: "resume-tenant",
  about: "Ends a tenant's suspension and restores the status that it had before.",
  operands: ["SCHEMA"],
  options: {},
  example: "acme",
  async run(call) {
    const changed = await withAdmin(call, (admin) => admin.resumeTenant(call.operands[0]));
    return reportChange("Resumed", changed);
  },
});
