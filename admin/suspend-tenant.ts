// node admin/suspend-tenant.js SCHEMA: makes the service refuse every request of a tenant.

import { reportChange } from "./lifecycle/changed.ts";
import { runVerb } from "./command/command.ts";
import { withAdmin } from "./library/with-admin.ts";

await runVerb({
  name: "suspend-tenant",
  about:
    "Makes the service refuse every request of a tenant, and waits until earlier messages have ended. Its data stays.",
  operands: ["SCHEMA"],
  options: {},
  example: "acme",
  async run(call) {
    const changed = await withAdmin(call, (admin) => admin.suspendTenant(call.operands[0]));
    return reportChange("Suspended", changed);
  },
});
