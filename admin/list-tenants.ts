// node admin/list-tenants.js: the tenants and their hosts.

import { runVerb } from "./command/command.ts";
import { formatTable } from "./print/table.ts";
import { listTenants } from "./lifecycle/tenant.ts";

await runVerb({
  name: "list-tenants",
  about: "Lists every tenant with its status, version and hosts.",
  operands: [],
  options: {},
  example: "--json",
  async run(call) {
    const tenants = await call.withRegistry(listTenants);
    const rows = tenants.map(
      ({ schemaName, status, transition, peer, version, migration, hosts }) => [
        schemaName,
        transition === "moved" ? `moved to ${peer}` : (transition ?? status),
        migration === "" ? String(version) : `${version} ${migration}`,
        hosts.join(" "),
      ],
    );
    return { lines: formatTable(["SCHEMA", "STATUS", "VERSION", "HOSTS"], rows), json: tenants };
  },
});
