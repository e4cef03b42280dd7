// node admin/export-tenant.js SCHEMA FILE: writes a tenant into a file.

import { runVerb } from "./command/command.ts";
import { describeExport, describeExportLosses } from "./transfer/description.ts";
import { parseSchemaName } from "./registry/schema-name.ts";

await runVerb({
  name: "export-tenant",
  about:
    "Writes a tenant, as it is at one moment, into a new file, while it is served. " +
    "The file is a zip with a COPY text for each table and a manifest; it appears when it is whole.",
  operands: ["SCHEMA", "FILE"],
  options: {},
  example: "acme acme.zip",
  async run(call) {
    const [schema, file] = call.operands;
    const schemaName = parseSchemaName(schema);
    const signal = call.interruption();
    const { exportTenant } = await import("./transfer/export-tenant.ts");
    const report = await call.withRegistry((registry) =>
      exportTenant(registry, schemaName, file, { signal, meter: call.meter("bytes") }),
    );
    const lines = [describeExport(report), ...describeExportLosses(report)];
    // The file is whole, and cannot come back as it is.
    return { lines, json: report, status: report.losses.length > 0 ? 3 : 0 };
  },
});
