// node admin/set-tenant.js SCHEMA: sets whether a tenant accepts writes, and its statement timeout.

import { reportChange } from "./lifecycle/changed.ts";
import { runVerb } from "./command/command.ts";
import { UsageError } from "./command/usage-error.ts";
import { LONGEST_TIMEOUT_MS, setTenant, type TenantSettings } from "./lifecycle/status.ts";
import { parseSchemaName } from "./registry/schema-name.ts";

await runVerb({
  name: "set-tenant",
  about:
    "Sets whether a tenant accepts writes, and its statement timeout. Both apply to requests that begin from now on.",
  operands: ["SCHEMA"],
  options: {
    "read-only": { type: "boolean", about: "Refuse writes with 423 TENANT_READ_ONLY" },
    writable: { type: "boolean", about: "Accept writes again" },
    "statement-timeout": {
      type: "string",
      value: "MS",
      about: "Longest time that one of its statements may run",
    },
  },
  example: "acme --read-only --statement-timeout 2000",
  async run(call) {
    const schemaName = parseSchemaName(call.operands[0]);
    const statementTimeoutMs = call.integer("statement-timeout", 1, LONGEST_TIMEOUT_MS);
    const [readOnly, writable] = [call.has("read-only"), call.has("writable")];
    if (readOnly && writable)
      throw new UsageError("--read-only and --writable contradict each other");
    if (!readOnly && !writable && statementTimeoutMs === undefined) {
      throw new UsageError("it needs --read-only, --writable or --statement-timeout");
    }
    const status: TenantSettings["status"] = readOnly ? "read_only" : "active";
    const change = {
      ...(readOnly || writable ? { status } : {}),
      ...(statementTimeoutMs === undefined ? {} : { statementTimeoutMs }),
    };
    const changed = await call.withRegistry((registry) => setTenant(registry, schemaName, change));
    return reportChange("Set", changed);
  },
});
