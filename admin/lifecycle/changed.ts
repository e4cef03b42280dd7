// The reports of the verbs that change a tenant's row.

import { formatCount } from "../print/count.ts";
import type { Report } from "../command/verb.ts";
import type { ChangedTenant } from "./status.ts";

/**
 * Builds the report of a change.
 * @param done the participle, such as "Suspended"
 */
export function reportChange(done: string, changed: ChangedTenant): Report {
  const { schemaName, status, statementTimeoutMs, settings, stillRunning } = changed;
  const lines = [
    `${done} tenant "${schemaName}": ${status}, statement timeout ${statementTimeoutMs} ms` +
      (Object.keys(settings).length > 0 ? `, settings ${JSON.stringify(settings)}` : ""),
    ...describeStillRunning(stillRunning),
  ];
  return { lines, json: changed, status: stillRunning > 0 ? 3 : 0 };
}

/** Formats a line for transactions that began before a change and still run; empty when `count` is 0. */
export function describeStillRunning(count: number): readonly string[] {
  if (count === 0) return [];
  return [
    `${formatCount(count, "transaction")} that began before did not end in time; ` +
      "the change applies to every transaction that begins now",
  ];
}
