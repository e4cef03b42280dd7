// node admin/drop-tenant.js SCHEMA --confirm SCHEMA: drops a tenant.

import { runVerb } from "./command/command.ts";
import type { Call, Report } from "./command/verb.ts";
import { withAdmin } from "./library/with-admin.ts";
import { describeDrop } from "./drop/description.ts";
import { UsageError } from "./command/usage-error.ts";
import { parseSchemaName } from "./registry/tenants/schema-name.ts";
import { nameArchive } from "./transfer/archive/name.ts";

await runVerb({
  name: "drop-tenant",
  about:
    "Drops a tenant: suspends it, exports it to a file, imports that file on trial, and removes the tenant's " +
    "schema, role, hosts and records. When it ends half-way, the tenant stays suspended: run the same command " +
    "again to continue.",
  operands: ["SCHEMA"],
  options: {
    confirm: {
      type: "string",
      value: "SCHEMA",
      about: "The schema's name once more; at a terminal, the verb asks for it when left out",
    },
    plan: { type: "boolean", about: "Print what would be dropped, and change nothing" },
    backup: {
      type: "string",
      value: "FILE",
      about: "A new file for the export; SCHEMA-TIME.zip in this folder when left out",
    },
    "no-backup": { type: "boolean", about: "Export nothing: the tenant's data is lost for good" },
    "no-proof": {
      type: "boolean",
      about:
        "Do not import the backup on trial; a trial takes the time and disk space of an import",
    },
    remnant: {
      type: "boolean",
      about:
        "Drop only the old copies that moves to other databases have left, without a backup; the tenant stays",
    },
    lossy: {
      type: "boolean",
      about: "Accept a backup without the manual changes that cannot be copied",
    },
  },
  example: "acme --confirm acme",
  async run(call) {
    const schemaName = parseSchemaName(call.operands[0]);
    // The verb has not connected yet: the call itself is wrong.
    const isRemnant = call.has("remnant");
    const question = `This deletes ${isRemnant ? "old copies of " : ""}tenant "${schemaName}". Type its name to go on: `;
    const isPlan = call.has("plan");
    if (!isPlan && (call.text("confirm") ?? (await call.ask(question))) !== schemaName) {
      throw new UsageError(`it needs --confirm ${schemaName}`);
    }
    if (call.has("backup") && call.has("no-backup")) {
      throw new UsageError("--backup and --no-backup contradict each other");
    }
    const contrary = (["plan", "backup", "no-backup", "no-proof", "lossy"] as const).find((name) =>
      call.has(name),
    );
    if (isRemnant && contrary !== undefined) {
      throw new UsageError(`--remnant and --${contrary} contradict each other`);
    }
    if (call.text("backup") === "") throw new UsageError("--backup is empty");
    if (isRemnant) return dropRemnants(call, schemaName);
    const backup = call.has("no-backup") ? false : (call.text("backup") ?? nameArchive(schemaName));
    if (isPlan) {
      const { planDropAnywhere } = await import("./databases/drop.ts");
      return call.withRegistry((registry) =>
        planDropAnywhere(registry, schemaName, backup || undefined, call.has("lossy")),
      );
    }
    const dropped = await withAdmin(call, (admin) =>
      admin.dropTenant(schemaName, {
        backup,
        lossy: call.has("lossy"),
        prove: !call.has("no-proof"),
        signal: call.interruption(),
        meter: call.meter("objects"),
      }),
    );
    const { unproven, losses, keptRole, unreachable } = dropped;
    return {
      lines: [
        ...describeDrop(dropped),
        ...unreachable.map(
          (name) =>
            `Not asked: database "${name}" cannot be reached; a pointer there leads nowhere`,
        ),
      ],
      json: {
        schemaName,
        backup: dropped.backup ?? null,
        unproven: unproven ?? null,
        losses,
        keptRole: keptRole?.roleName ?? null,
        ...(unreachable.length > 0 && { unreachable }),
      },
    };
  },
});

async function dropRemnants(call: Call, schemaName: string): Promise<Report> {
  const signal = call.interruption();
  const dropped = await withAdmin(call, (admin) => admin.dropRemnants(schemaName, { signal }));
  const { databases, unreachable } = dropped;
  const where = databases.map((name) => `"${name}"`).join(", ");
  return {
    lines: [
      databases.length === 0
        ? `No move has left a copy of tenant "${schemaName}"`
        : `Dropped the old copy of tenant "${schemaName}" in ${where}`,
      ...unreachable.map((name) => `Not asked: database "${name}" cannot be reached; run again`),
    ],
    json: dropped,
    status: unreachable.length > 0 ? 3 : 0,
  };
}
