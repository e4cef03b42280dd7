// node admin/clone-tenant.js SRC NEW HOST: creates a tenant like another.

import { parseDomain } from "../src/host.ts";
import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import { formatCount } from "./print/count.ts";
import { parseSchemaName } from "./registry/schema-name.ts";
import { describeLeftOut } from "./transfer/description.ts";

await runVerb({
  name: "clone-tenant",
  about:
    "Creates the tenant NEW with the version and the rows of the tenant SRC, as they are at one moment, " +
    "while SRC is served. All or nothing.",
  operands: ["SRC", "NEW", "HOST"],
  options: {
    host: SHARED.host,
    "structure-only": { type: "boolean", about: "Copy no rows" },
    lossy: { type: "boolean", about: "Leave out what was changed by hand and cannot be copied" },
  },
  example: "acme acme_try try.example.com",
  async run(call) {
    const [source, schema, host] = call.operands;
    const from = parseSchemaName(source);
    const schemaName = parseSchemaName(schema);
    const hosts = [...new Set([host, ...call.texts("host")].map(parseDomain))];
    const wanted = {
      schemaName,
      hosts,
      structureOnly: call.has("structure-only"),
      lossy: call.has("lossy"),
      meter: call.meter("bytes"),
    };
    const { cloneTenant } = await import("./transfer/clone-tenant.ts");
    const report = await call.withRegistry((registry) => cloneTenant(registry, from, wanted));
    const { version, tables, rows, losses } = report;
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
