// node admin/remove-domain.js HOST: takes a host from its tenant.

import { parseDomain } from "../src/host.ts";
import { runVerb } from "./command/command.ts";
import { removeDomain } from "./lifecycle/domain.ts";

await runVerb({
  name: "remove-domain",
  about: "Takes a host from its tenant; the next request to it finds no tenant.",
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
