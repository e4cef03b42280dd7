// node admin/import-tenant.js FILE HOST SCHEMA: creates a tenant from a file.

import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import { withAdmin } from "./library/with-admin.ts";
import { formatCount } from "./print/count.ts";
import type { Settings } from "./registry/registry.ts";
import { describeLeftOut } from "./transfer/description.ts";

await runVerb({
  name: "import-tenant",
  about:
    "Creates a tenant from a file of export-tenant, at the version of the export. One transaction " +
    "checks every count and checksum. When anything fails, the database is unchanged.",
  operands: ["FILE", "HOST", "SCHEMA"],
  options: {
    host: SHARED.host,
    database: SHARED.database,
    migrate: { type: "boolean", about: "Migrate it to the newest version in the same transaction" },
    lossy: {
      type: "boolean",
      about: "Leave out objects of the archive that the migrations do not create",
    },
    "with-settings": {
      type: "boolean",
      about: "Take the archive's settings, such as a plan; an archive that you trust",
    },
    "statement-timeout": {
      type: "string",
      value: "MS",
      about:
        "The tenant's statement timeout; when left out, the archive's if that is at most a minute",
    },
    "max-megabytes": {
      type: "string",
      value: "N",
      about:
        "Limit for the rows as text; when left out, 100 times the file's size, and at least 64",
    },
  },
  example: "acme.zip acme.example.com acme --migrate",
  async run(call) {
    const [file, host, schemaName] = call.operands;
    const { LONGEST_TIMEOUT_MS } = await import("./lifecycle/status.ts");
    const megabytes = call.integer("max-megabytes", 1, 1_000_000_000);
    const wanted = {
      schemaName,
      hosts: [host, ...call.texts("host")],
      migrate: call.has("migrate"),
      lossy: call.has("lossy"),
      withSettings: call.has("with-settings"),
      statementTimeoutMs: call.integer("statement-timeout", 1, LONGEST_TIMEOUT_MS),
      maxBytes: megabytes === undefined ? undefined : megabytes * 1_000_000,
      database: call.text("database"),
      meter: call.meter("bytes"),
    };
    const report = await withAdmin(call, (admin) => admin.importTenant(file, wanted));
    const { hosts, version, tables, rows, losses, settings, settingsLeftOut } = report;
    return {
      lines: [
        `Imported tenant "${schemaName}" at version ${version}, at ${hosts.join(", ")}: ` +
          `${formatCount(tables, "table")}, ${formatCount(rows, "row")}`,
        ...describeSettings("It has the archive's settings", settings),
        ...describeSettings(
          "Left out the archive's settings (--with-settings takes them)",
          settingsLeftOut,
        ),
        ...describeLeftOut(losses),
      ],
      json: report,
    };
  },
});

function describeSettings(what: string, settings: Settings): readonly string[] {
  return Object.keys(settings).length > 0 ? [`${what}: ${JSON.stringify(settings)}`] : [];
}
