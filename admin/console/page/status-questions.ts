// Questions before a tenant's row is changed: its status and its timeout.

import type { ChangedTenant, TenantDetail, TenantSettings } from "../api.ts";
import { change, tenantPath } from "./client.ts";
import type { Question } from "./dialog.ts";
import { element } from "./element.ts";
import { formatCount, formatMs } from "./format.ts";

/** Refuse every request? */
export function suspend({ schemaName }: TenantDetail, changed: () => void): Question {
  return {
    title: `Suspend ${schemaName}`,
    text: element(
      "p",
      {},
      "Every request of this tenant is refused (403) from now on. Its data stays, and it can be resumed.",
    ),
    verb: "Suspend",
    isGrave: true,
    pending: "Suspended; waiting for what began before, 30 s at most",
    async act() {
      const answer = await change<ChangedTenant>(tenantPath(schemaName, "suspend"));
      changed();
      return `Suspended ${schemaName}${rest(answer)}`;
    },
  };
}

/** Serve it again? */
export function resume({ schemaName }: TenantDetail, changed: () => void): Question {
  return {
    title: `Resume ${schemaName}`,
    text: element("p", {}, "The tenant has the status again that it had before it was suspended."),
    verb: "Resume",
    pending: "Resuming",
    async act() {
      const answer = await change<ChangedTenant>(tenantPath(schemaName, "resume"));
      changed();
      return `Resumed ${schemaName}: ${answer.status === "read_only" ? "read-only" : answer.status}`;
    },
  };
}

/** Refuse writes, or take them again? */
export function setReadOnly(
  { schemaName }: TenantDetail,
  readOnly: boolean,
  changed: () => void,
): Question {
  return {
    title: readOnly ? `Make ${schemaName} read-only` : `Make ${schemaName} writable`,
    text: element(
      "p",
      {},
      readOnly ? "Reads go on; every write is refused (423)." : "Writes are taken again.",
    ),
    verb: readOnly ? "Make read-only" : "Make writable",
    pending: "Changed; waiting for what began before, 30 s at most",
    async act() {
      const body: TenantSettings = { readOnly };
      const answer = await change<ChangedTenant>(tenantPath(schemaName, "set"), body);
      changed();
      return `${schemaName} is ${readOnly ? "read-only" : "writable"}${rest(answer)}`;
    },
  };
}

/** How long may a statement take? */
export function setTimeoutMs(tenant: TenantDetail, changed: () => void): Question {
  const { schemaName, statementTimeoutMs } = tenant;
  return {
    title: `Statement timeout of ${schemaName}`,
    text: element("p", {}, "A statement that takes longer is ended, and its request answered 504."),
    fields: [
      {
        name: "ms",
        label: "Timeout",
        type: "number",
        value: statementTimeoutMs,
        unit: "ms",
        min: 1,
        max: 86_400_000,
      },
    ],
    verb: "Set timeout",
    pending: "Setting",
    async act(values) {
      const body: TenantSettings = { statementTimeoutMs: Number(values.get("ms")) };
      const answer = await change<ChangedTenant>(tenantPath(schemaName, "set"), body);
      changed();
      return `The timeout of ${schemaName} is ${formatMs(answer.statementTimeoutMs)}`;
    },
  };
}

function rest({ stillRunning }: ChangedTenant): string {
  return stillRunning === 0
    ? ""
    : `; ${formatCount(stillRunning, "transaction")} that began before may still run`;
}
