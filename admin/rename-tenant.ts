// node admin/rename-tenant.js OLD NEW: renames a tenant's schema.

import { describeStillRunning } from "./lifecycle/changed.ts";
import { runVerb } from "./command/command.ts";
import type { Call, Report } from "./command/verb.ts";
import { withAdmin } from "./library/with-admin.ts";
import { describeKeptRole } from "./registry/roles/role-use.ts";
import { parseSchemaName } from "./registry/tenants/schema-name.ts";

await runVerb({
  name: "rename-tenant",
  about:
    "Renames a tenant: its schema, its role and its registry rows in one transaction, while the service serves it. " +
    "Its hosts stay. A message that is between two statements at that moment fails and is rolled back.",
  operands: ["OLD", "NEW"],
  options: {
    plan: { type: "boolean", about: "Print what would be renamed, and change nothing" },
  },
  example: "acme acme_inc",
  async run(call) {
    if (call.has("plan")) return plan(call, call.operands);
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

async function plan(
  call: Pick<Call, "withRegistry">,
  [from, to]: readonly [string, string],
): Promise<Report> {
  const { planRenameAnywhere } = await import("./databases/rename.ts");
  const planned = await call.withRegistry((registry) =>
    planRenameAnywhere(registry, parseSchemaName(from), parseSchemaName(to)),
  );
  const { before, schemaName, role, keptRole, commands } = planned;
  const [oldRole, newRole] = role;
  const roles = oldRole === newRole ? "" : `, and its role "${oldRole}" to "${newRole}"`;
  return {
    lines: [
      ...commands.map((command) => `Would run ${command}`),
      ...(keptRole ? [describeKeptRole(keptRole)] : []),
      `Would rename tenant "${before}" to "${schemaName}"${roles}; nothing was changed`,
    ],
    json: { plan: true, ...planned },
  };
}
