// node admin/drop-tenant.js SCHEMA --confirm SCHEMA: ends a tenant.

import { runVerb } from "./command/command.ts";
import { describeDrop } from "./drop/description.ts";
import { UsageError } from "./command/usage-error.ts";
import { parseSchemaName } from "./registry/schema-name.ts";
import { nameArchive } from "./transfer/archive-name.ts";

await runVerb({
  name: "drop-tenant",
  about:
    "Drops a tenant: suspends it, exports it to a file, tries whether that can be imported, and removes its schema, " +
    "role, hosts and records. Whatever ends it half-way leaves the tenant suspended: run the same again, and it goes on.",
  operands: ["SCHEMA"],
  options: {
    confirm: { type: "string", value: "SCHEMA", about: "The schema's name once more" },
    backup: {
      type: "string",
      value: "FILE",
      about: "The export's file, a new one; SCHEMA-TIME.zip in this folder when left out",
    },
    "no-backup": { type: "boolean", about: "Export nothing: its data is gone for good" },
    "no-proof": {
      type: "boolean",
      about: "Do not import the backup on trial, which takes an import's time and disk",
    },
    lossy: { type: "boolean", about: "Take a backup that lacks what was changed by hand" },
  },
  example: "acme --confirm acme",
  async run(call) {
    const schemaName = parseSchemaName(call.operands[0]);
    // Nothing was looked at yet: the call itself is wrong.
    if (call.text("confirm") !== schemaName) {
      throw new UsageError(`to drop it takes --confirm ${schemaName}`);
    }
    if (call.has("backup") && call.has("no-backup")) {
      throw new UsageError("--backup and --no-backup contradict");
    }
    if (call.text("backup") === "") throw new UsageError("--backup is empty");
    const { dropTenant } = await import("./drop/drop.ts");
    const dropped = await call.withRegistry((registry) =>
      dropTenant(registry, schemaName, {
        backup: call.has("no-backup")
          ? undefined
          : (call.text("backup") ?? nameArchive(schemaName)),
        lossy: call.has("lossy"),
        prove: !call.has("no-proof"),
        signal: call.interruption(),
        meter: call.meter("objects"),
      }),
    );
    const { backup, unproven, losses, keptRole } = dropped;
    return {
      lines: describeDrop(dropped),
      json: {
        schemaName,
        backup: backup ?? null,
        unproven: unproven ?? null,
        losses,
        keptRole: keptRole?.roleName ?? null,
      },
    };
  },
});
