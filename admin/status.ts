// node admin/status.js: what state the installation is in.

import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import { statusLines } from "./inspect/status-lines.ts";
import { needsPerson, readStatus } from "./inspect/status.ts";

await runVerb({
  name: "status",
  about:
    "Tells which versions the tenants have, who failed, lacks something or has drifted, and what belongs " +
    "to no tenant; changes nothing. Exits 3 when something needs a person.",
  operands: [],
  options: {
    tenants: SHARED.tenants,
    "no-drift": {
      type: "boolean",
      about: "Do not compare the tenants' tables with what the migrations make",
    },
  },
  example: "--tenants 'shop_*' --json",
  async run(call) {
    const status = await call.withRegistry((registry) =>
      readStatus(registry, call.text("tenants"), !call.has("no-drift")),
    );
    const { tenants, ...rest } = status;
    return {
      lines: statusLines(status),
      json: { ...rest, tenants: tenants.length, well: !needsPerson(status) },
      status: needsPerson(status) ? 3 : 0,
    };
  },
});
