// node admin/add-tenant.js HOST SCHEMA: creates a tenant.

import { parseDomain } from "../src/host.ts";
import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import { parseSchemaName } from "./registry/schema-name.ts";
import { changeSettings, parseSettingsChange } from "./lifecycle/settings.ts";
import { createTenant } from "./lifecycle/tenant.ts";

await runVerb({
  name: "add-tenant",
  about:
    "Creates a tenant: its schema, role, tables and hosts. When one of them fails, it creates nothing. " +
    "A host may have a port, or begin with *. for every name one label below it.",
  operands: ["HOST", "SCHEMA"],
  options: {
    host: SHARED.host,
    set: {
      type: "string",
      multiple: true,
      value: "NAME=TEXT",
      about: "Give it a setting, a text or with := JSON, as set-tenant does",
    },
  },
  example: "acme.example.com acme --host www.acme.test --set plan=pro",
  async run(call) {
    const [host, schema] = call.operands;
    const schemaName = parseSchemaName(schema);
    const hosts = [...new Set([host, ...call.texts("host")].map(parseDomain))];
    const settings = changeSettings({}, parseSettingsChange(call.texts("set"), []));
    await call.withRegistry((registry) => createTenant(registry, schemaName, hosts, settings));
    return {
      lines: [`Added tenant "${schemaName}" at ${hosts.join(", ")}`],
      json: { schemaName, hosts, settings },
    };
  },
});
