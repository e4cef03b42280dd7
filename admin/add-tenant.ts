// node admin/add-tenant.js HOST SCHEMA: creates a tenant.

import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import { withAdmin } from "./library/with-admin.ts";
import { parseSettingsChange } from "./lifecycle/settings.ts";

await runVerb({
  name: "add-tenant",
  about:
    "Creates a tenant: its schema, role, tables and hosts. When one of them fails, it creates nothing. " +
    "A host may have a port, or begin with *. for every name one label below it.",
  operands: ["HOST", "SCHEMA"],
  options: {
    host: SHARED.host,
    database: SHARED.database,
    set: {
      type: "string",
      multiple: true,
      value: "NAME=TEXT",
      about: "Give it a setting, a text or with := JSON, as set-tenant does",
    },
  },
  example: "acme.example.com acme --host www.acme.test --set plan=pro",
  async run(call) {
    const [host, schemaName] = call.operands;
    const database = call.text("database");
    const hosts = [host, ...call.texts("host")];
    const { set: settings } = parseSettingsChange(call.texts("set"), []);
    const created = await withAdmin(call, (admin) =>
      admin.createTenant({ schemaName, hosts, settings, database }),
    );
    const where = database === undefined ? "" : ` in database "${database}"`;
    return {
      lines: [`Added tenant "${created.schemaName}" at ${created.hosts.join(", ")}${where}`],
      json: { ...created, settings, ...(database !== undefined && { database }) },
    };
  },
});
