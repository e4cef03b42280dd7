// node admin/add-domain.js HOST SCHEMA: gives a tenant one more host.

import { runVerb } from "./command/command.ts";
import { withAdmin } from "./library/with-admin.ts";

await runVerb({
  name: "add-domain",
  about:
    "Adds a host to a tenant. The service answers the next request to that host for the tenant.",
  operands: ["HOST", "SCHEMA"],
  options: {},
  example: "www.acme.test acme",
  async run(call) {
    const [text, schema] = call.operands;
    const added = await withAdmin(call, (admin) => admin.addHost(schema, text));
    const { host, schemaName } = added;
    return { lines: [`Added host "${host}" to tenant "${schemaName}"`], json: added };
  },
});
