// node admin/set-tenant.js SCHEMA: sets whether a tenant accepts writes, its statement timeout and its settings.

import { reportChange } from "./lifecycle/changed.ts";
import { runVerb } from "./command/command.ts";
import { UsageError } from "./command/usage-error.ts";
import { parseSettingsChange } from "./lifecycle/settings.ts";
import { withAdmin } from "./library/with-admin.ts";

await runVerb({
  name: "set-tenant",
  about:
    "Sets whether a tenant accepts writes, its statement timeout, and the settings that its handlers read, such as " +
    "its plan. All apply to messages that begin from now on. Settings are not for secrets.",
  operands: ["SCHEMA"],
  options: {
    "read-only": { type: "boolean", about: "Refuse writes with 423 TENANT_READ_ONLY" },
    writable: { type: "boolean", about: "Accept writes again" },
    "statement-timeout": {
      type: "string",
      value: "MS",
      about: "Longest time that one of its statements may run",
    },
    set: {
      type: "string",
      multiple: true,
      value: "NAME=TEXT",
      about: "Set a setting to a text, or with := to JSON, as in seats:=25",
    },
    unset: { type: "string", multiple: true, value: "NAME", about: "Remove a setting" },
  },
  example: "acme --statement-timeout 2000 --set plan=pro --set seats:=25 --unset trial",
  async run(call) {
    const { LONGEST_TIMEOUT_MS } = await import("./lifecycle/status.ts");
    const statementTimeoutMs = call.integer("statement-timeout", 1, LONGEST_TIMEOUT_MS);
    const [readOnly, writable] = [call.has("read-only"), call.has("writable")];
    if (readOnly && writable)
      throw new UsageError("--read-only and --writable contradict each other");
    const settings = parseSettingsChange(call.texts("set"), call.texts("unset"));
    const isSetting = call.has("set") || call.has("unset");
    if (!readOnly && !writable && statementTimeoutMs === undefined && !isSetting) {
      throw new UsageError(
        "it needs --read-only, --writable, --statement-timeout, --set or --unset",
      );
    }
    const change = {
      readOnly: readOnly || writable ? readOnly : undefined,
      statementTimeoutMs,
      ...(isSetting && settings),
    };
    const changed = await withAdmin(call, (admin) => admin.setTenant(call.operands[0], change));
    return reportChange("Set", changed);
  },
});
