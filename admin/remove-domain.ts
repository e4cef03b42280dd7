// node admin/remove-domain.js HOST: removes a host from its tenant.

import { parseDomain } from "../src/host.ts";
import { runVerb } from "./command/command.ts";
import { removeDomain } from "./lifecycle/domain.ts";

await runVerb({
  name: "remove-domain",
  about:
    "Removes a host from its tenant. The service answers the next request to that host with 404.",
  operands: ["HOST"],
  options: {},
  example: "www.acme.test",
  async run(call) {
    const host = parseDomain(call.operands[0]);
    const schemaName = await call.withRegistry((registry) => removeDomain(registry, host));
    return {
      lines: [`Removed host "${host}" from tenant "${schemaName}"`],
      json: { host, schemaName },
    };
  },
});
