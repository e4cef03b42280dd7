// node admin/list-tenants.js: the tenants and their hosts.

import { runVerb } from "./command/command.ts";
import { formatTable } from "./print/table.ts";
import { withAdmin } from "./library/with-admin.ts";

await runVerb({
  name: "list-tenants",
  about: "Lists every tenant with its status, version, hosts and settings.",
  operands: [],
  options: {},
  example: "--json",
  async run(call) {
    const tenants = await withAdmin(call, (admin) => admin.listTenants());
    const settled = tenants.some(({ settings }) => Object.keys(settings).length > 0);
    const rows = tenants.map(
      ({ schemaName, status, transition, peer, version, migration, hosts, settings }) => [
        schemaName,
        transition === "moved" ? `moved to ${peer}` : (transition ?? status),
        migration === "" ? String(version) : `${version} ${migration}`,
        hosts.join(" "),
        ...(settled ? [JSON.stringify(settings)] : []),
      ],
    );
    const head = ["SCHEMA", "STATUS", "VERSION", "HOSTS", ...(settled ? ["SETTINGS"] : [])];
    return { lines: formatTable(head, rows), json: tenants };
  },
});
