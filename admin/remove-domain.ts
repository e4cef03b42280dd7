// node admin/remove-domain.js HOST: removes a host from its tenant.

import { runVerb } from "./command/command.ts";
import { withAdmin } from "./library/with-admin.ts";

await runVerb({
  name: "remove-domain",
  about:
    "Removes a host from its tenant. The service answers the next request to that host with 404.",
  operands: ["HOST"],
  options: {},
  example: "www.acme.test",
  async run(call) {
    const removed = await withAdmin(call, (admin) => admin.removeHost(call.operands[0]));
    const { host, schemaName } = removed;
    return { lines: [`Removed host "${host}" from tenant "${schemaName}"`], json: removed };
  },
});
