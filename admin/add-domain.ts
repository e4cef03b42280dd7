// node admin/add-domain.js HOST SCHEMA: gives a tenant one more host.

import { parseDomain } from "../src/host.ts";
import { runVerb } from "./command/command.ts";
import { addDomain } from "./lifecycle/domain.ts";
import { parseSchemaName } from "./registry/schema-name.ts";

await runVerb({
  name: "add-domain",
  about:
    "Adds a host to a tenant. The service answers the next request to that host for the tenant.",
  operands: ["HOST", "SCHEMA"],
  options: {},
  example: "www.acme.test acme",
  async run(call) {
    const [host, schema] = call.operands;
    const schemaName = parseSchemaName(schema);
    const domain = parseDomain(host);
    await call.withRegistry((registry) => addDomain(registry, domain, schemaName));
    return {
      lines: [`Added host "${domain}" to tenant "${schemaName}"`],
      json: { host: domain, schemaName },
    };
  },
});
