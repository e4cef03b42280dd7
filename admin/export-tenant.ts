// node admin/export-tenant.js SCHEMA FILE: writes a tenant into a file.

import { runVerb } from "./command/command.ts";
import { withAdmin } from "./library/with-admin.ts";
import { describeExport, describeExportLosses } from "./transfer/description.ts";

await runVerb({
  name: "export-tenant",
  about:
    "Writes the state of a tenant at one moment into a new file, while the service keeps serving the tenant. " +
    "The file is a zip with a COPY text for each table and a manifest. It appears only when it is complete.",
  operands: ["SCHEMA", "FILE"],
  options: {},
  example: "acme acme.zip",
  async run(call) {
    const [schemaName, file] = call.operands;
    const signal = call.interruption();
    const report = await withAdmin(call, (admin) =>
      admin.exportTenant(schemaName, file, { signal, meter: call.meter("bytes") }),
    );
    const lines = [describeExport(report), ...describeExportLosses(report)];
    // The file is complete, but an import cannot restore all of it.
    return { lines, json: report, status: report.losses.length > 0 ? 3 : 0 };
  },
});
