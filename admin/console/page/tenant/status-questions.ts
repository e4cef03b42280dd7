// The questions before a change of a tenant's status or timeout.

import type { TenantDetail, TenantState } from "../../api.ts";
import { change, tenantPath } from "../client.ts";
import type { Question } from "../parts/dialog.ts";
import { element } from "../parts/element.ts";
import { formatCount, formatMs } from "../parts/format.ts";

/** Asks before a suspend. */
export function suspend({ schemaName }: TenantDetail, changed: () => void): Question {
  return {
    title: `Suspend ${schemaName}`,
    text: element(
      "p",
      {},
      "The service refuses every request of this tenant with 403. The data stays, and you can resume the tenant.",
    ),
    verb: "Suspend",
    isGrave: true,
    pending: "Suspended; waiting at most 30 s for older transactions",
    async act() {
      const answer = await change<TenantState>(tenantPath(schemaName, "suspend"));
      changed();
      return `Suspended ${schemaName}${rest(answer)}`;
    },
  };
}

/** Asks before a resume. */
export function resume({ schemaName }: TenantDetail, changed: () => void): Question {
  return {
    title: `Resume ${schemaName}`,
    text: element("p", {}, "The tenant gets back the status that it had before it was suspended."),
    verb: "Resume",
    pending: "Resuming",
    async act() {
      const answer = await change<TenantState>(tenantPath(schemaName, "resume"));
      changed();
      return `Resumed ${schemaName}: ${answer.status === "read_only" ? "read-only" : answer.status}`;
    },
  };
}

/** Asks before a tenant is made read-only or writable. */
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
      readOnly
        ? "Reads go on. The service refuses every write with 423."
        : "The service accepts writes again.",
    ),
    verb: readOnly ? "Make read-only" : "Make writable",
    pending: "Changed; waiting at most 30 s for older transactions",
    async act() {
      const answer = await send(schemaName, { readOnly });
      changed();
      return `${schemaName} is ${readOnly ? "read-only" : "writable"}${rest(answer)}`;
    },
  };
}

/** Asks for the statement timeout. */
export function setTimeoutMs(tenant: TenantDetail, changed: () => void): Question {
  const { schemaName, statementTimeoutMs } = tenant;
  return {
    title: `Statement timeout of ${schemaName}`,
    text: element(
      "p",
      {},
      "PostgreSQL ends a statement that takes longer, and the service answers its request with 504.",
    ),
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
      const answer = await send(schemaName, { statementTimeoutMs: Number(values.get("ms")) });
      changed();
      return `The timeout of ${schemaName} is ${formatMs(answer.statementTimeoutMs)}`;
    },
  };
}

function send(schemaName: string, body: object): Promise<TenantState> {
  return change<TenantState>(tenantPath(schemaName), body, "PATCH");
}

function rest({ stillRunning }: TenantState): string {
  return stillRunning === 0
    ? ""
    : `; ${formatCount(stillRunning, "older transaction")} may still run`;
}
