// node admin/status.js: shows the state of the installation.

import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import { withAdmin } from "./library/with-admin.ts";
import { reportEach } from "./report/each-database.ts";

await runVerb({
  name: "status",
  about:
    "Shows the versions of the tenants, the tenants that failed, lack something or have drifted, and the objects " +
    "that do not belong to a tenant. Changes nothing. Exits 3 when something needs attention.",
  operands: [],
  options: {
    tenants: SHARED.tenants,
    where: SHARED.where,
    database: SHARED["only-database"],
    "no-drift": {
      type: "boolean",
      about: "Do not compare the tenants' tables with those that the migrations create",
    },
  },
  example: "--tenants 'shop_*' --json",
  async run(call) {
    const { statusLines } = await import("./inspect/status-lines.ts");
    const [where, drift] = [call.texts("where"), !call.has("no-drift")];
    const scope = { only: call.text("database"), tenants: call.text("tenants") };
    return withAdmin(call, (admin) =>
      reportEach(call, admin, scope, async (_, share) => {
        const status = await admin.readStatus({ ...share, where, drift });
        const { tenants, ...rest } = status;
        return {
          lines: statusLines(status),
          json: { ...rest, tenants: tenants.length },
          status: status.well ? 0 : 3,
        };
      }),
    );
  },
});
