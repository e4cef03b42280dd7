// node admin/export-tenant.js SCHEMA FILE: writes a tenant into a file.

import { runVerb } from "./command/command.ts";
import { withAdminRegistry } from "./command/config.ts";
import { describeExport, describeExportLosses } from "./transfer/description.ts";
import { createMeter } from "./command/megabytes.ts";
import { parseSchemaName } from "./registry/schema-name.ts";
import { exportTenant } from "./transfer/export-tenant.ts";

await runVerb({
  name: "export-tenant",
  about:
    "Writes a tenant, as it is at one moment, into a new file, while it is served. " +
    "The file is a zip with a COPY text for each table and a manifest; it appears when it is whole.",
  operands: ["SCHEMA", "FILE"],
  options: {},
  example: "acme acme.zip",
  async run(call) {
    const [schema = "", file = ""] = call.operands;
    const schemaName = parseSchemaName(schema);
    const signal = call.interruption();
    const report = await withAdminRegistry(call.env, (registry) =>
      exportTenant(registry, schemaName, file, { signal, meter: createMeter(call) }),
    );
    const lines = [describeExport(report), ...describeExportLosses(report)];
    // The file is whole, and cannot come back as it is.
    return { lines, json: report, status: report.losses.length > 0 ? 3 : 0 };
  },
});
