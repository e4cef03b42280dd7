// node admin/clone-tenant.js SRC NEW HOST: creates a copy of a tenant.

import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import { withAdmin } from "./library/with-admin.ts";
import { formatCount } from "./print/count.ts";
import { describeLeftOut } from "./transfer/description.ts";

await runVerb({
  name: "clone-tenant",
  about:
    "Creates the tenant NEW with the version and the rows that the tenant SRC has at one moment. " +
    "The service keeps serving SRC. When anything fails, NEW is not created.",
  operands: ["SRC", "NEW", "HOST"],
  options: {
    host: SHARED.host,
    "structure-only": { type: "boolean", about: "Copy no rows" },
    lossy: { type: "boolean", about: "Leave out manual changes that cannot be copied" },
  },
  example: "acme acme_try try.example.com",
  async run(call) {
    const [source, schemaName, host] = call.operands;
    const wanted = {
      schemaName,
      hosts: [host, ...call.texts("host")],
      structureOnly: call.has("structure-only"),
      lossy: call.has("lossy"),
      meter: call.meter("bytes"),
    };
    const report = await withAdmin(call, (admin) => admin.cloneTenant(source, wanted));
    const { from, hosts, version, tables, rows, losses } = report;
    return {
      lines: [
        `Cloned tenant "${from}" to "${schemaName}" at version ${version}, at ${hosts.join(", ")}: ` +
          `${formatCount(tables, "table")}, ${formatCount(rows, "row")}`,
        ...describeLeftOut(losses),
      ],
      json: report,
    };
  },
});
