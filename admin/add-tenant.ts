// node admin/add-tenant.js HOST SCHEMA: creates a tenant.

import { parseDomain } from "../src/host.ts";
import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import { parseSchemaName } from "./registry/schema-name.ts";
import { createTenant } from "./lifecycle/tenant.ts";

await runVerb({
  name: "add-tenant",
  about:
    "Creates a tenant: its schema, role, tables and hosts. When one of them fails, it creates nothing. " +
    "A host may have a port, or begin with *. for every name one label below it.",
  operands: ["HOST", "SCHEMA"],
  options: {
    host: SHARED.host,
  },
  example: "acme.example.com acme --host www.acme.test",
  async run(call) {
    const [host, schema] = call.operands;
    const schemaName = parseSchemaName(schema);
    const hosts = [...new Set([host, ...call.texts("host")].map(parseDomain))];
    await call.withRegistry((registry) => createTenant(registry, schemaName, hosts));
    return {
      lines: [`Added tenant "${schemaName}" at ${hosts.join(", ")}`],
      json: { schemaName, hosts },
    };
  },
});
