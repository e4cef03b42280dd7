// node admin/remove-domain.js HOST: removes a host from its tenant.

import { parseDomain } from "../src/host.ts";
import { runVerb } from "./command/command.ts";
import type { Call, Report } from "./command/verb.ts";
import { withAdmin } from "./library/with-admin.ts";

await runVerb({
  name: "remove-domain",
  about:
    "Removes a host from its tenant. The service answers the next request to that host with 404.",
  operands: ["HOST"],
  options: {
    plan: { type: "boolean", about: "Print from which tenant, and change nothing" },
  },
  example: "www.acme.test",
  async run(call) {
    if (call.has("plan")) return plan(call, call.operands[0]);
    const removed = await withAdmin(call, (admin) => admin.removeHost(call.operands[0]));
    const { host, schemaName } = removed;
    return { lines: [`Removed host "${host}" from tenant "${schemaName}"`], json: removed };
  },
});

async function plan(call: Pick<Call, "withRegistry">, text: string): Promise<Report> {
  const { planRemovalAnywhere } = await import("./databases/hosts.ts");
  const removal = await call.withRegistry((registry) =>
    planRemovalAnywhere(registry, parseDomain(text)),
  );
  const { host, schemaName, kept } = removal;
  const rest =
    kept.length === 0 ? "which would not have a host then" : `which keeps ${kept.join(", ")}`;
  return {
    lines: [
      `Would remove host "${host}" from tenant "${schemaName}", ${rest}; nothing was changed`,
    ],
    json: { plan: true, ...removal },
  };
}
