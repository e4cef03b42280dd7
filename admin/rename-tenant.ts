// node admin/rename-tenant.js OLD NEW: renames a tenant's schema.

import { describeStillRunning } from "./lifecycle/changed.ts";
import { runVerb } from "./command/command.ts";
import { withAdmin } from "./library/with-admin.ts";
import { describeKeptRole } from "./registry/role-use.ts";

await runVerb({
  name: "rename-tenant",
  about:
    "Renames a tenant: its schema, its role and its registry rows in one transaction, while the service serves it. " +
    "Its hosts stay. A message that is between two statements at that moment fails and is rolled back.",
  operands: ["OLD", "NEW"],
  options: {},
  example: "acme acme_inc",
  async run(call) {
    const renamed = await withAdmin(call, (admin) => admin.renameTenant(...call.operands));
    const { before, schemaName, stillRunning, keptRole } = renamed;
    const lines = [
      `Renamed tenant "${before}" to "${schemaName}"`,
      ...(keptRole ? [describeKeptRole(keptRole)] : []),
      ...describeStillRunning(stillRunning),
    ];
    if (stillRunning > 0) lines.push(`Do not create a tenant "${before}" before they have ended`);
    return { lines, json: renamed, status: stillRunning > 0 ? 3 : 0 };
  },
});
