// node admin/import-tenant.js FILE HOST SCHEMA: creates a tenant from a file.

import { parseDomain } from "../src/host.ts";
import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import { formatCount } from "./print/count.ts";
import { parseSchemaName } from "./registry/schema-name.ts";

await runVerb({
  name: "import-tenant",
  about:
    "Creates a tenant from a file of export-tenant, at the version that it was exported at. " +
    "One transaction, which checks every count and checksum: whatever fails leaves nothing behind.",
  operands: ["FILE", "HOST", "SCHEMA"],
  options: {
    host: SHARED.host,
    migrate: { type: "boolean", about: "Bring it to the newest version in the same transaction" },
  },
  example: "acme.zip acme.example.com acme --migrate",
  async run(call) {
    const [file, host, schema] = call.operands;
    const schemaName = parseSchemaName(schema);
    const hosts = [...new Set([host, ...call.texts("host")].map(parseDomain))];
    const wanted = { schemaName, hosts, migrate: call.has("migrate"), meter: call.meter("bytes") };
    const { importTenant } = await import("./transfer/import-tenant.ts");
    const report = await call.withRegistry((registry) => importTenant(registry, file, wanted));
    const { version, tables, rows } = report;
    return {
      lines: [
        `Imported tenant "${schemaName}" at version ${version}, at ${hosts.join(", ")}: ` +
          `${formatCount(tables, "table")}, ${formatCount(rows, "row")}`,
      ],
      json: report,
    };
  },
});
